"""What happens in the process that fuzzes one door? libFuzzer mutates the seeds; each fault's smallest input stays.

It runs in a process of its own, for libFuzzer ends the one that it runs in, and one input may take it along.
"""

from __future__ import annotations

import resource
import signal
import sys
import traceback
from hashlib import sha256
from pathlib import Path
from types import FrameType, TracebackType

import atheris

OURS = ("chipsieve", "chipsieve_config", "chipsieve_python", "chipsieve_shell", "csv", "yaml", "tomllib")
SECONDS = 3.0  # of CPU for one input, with what following the branches costs
MEGABYTES = 1500  # of the whole process
LONGEST = 4096  # bytes of an input
LOADED = 20  # seeds that are read before


class TooSlow(BaseException):
    """An input took longer than SECONDS; no guard takes it for a reader's fault."""


class Limited:
    """Raises TooSlow when what is done inside takes more than SECONDS of this process's time."""

    def __enter__(self) -> None:
        """Start to count."""
        signal.signal(signal.SIGVTALRM, self._stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)

    def __exit__(self, *_: object) -> None:
        """Count no longer."""
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    @staticmethod
    def _stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"more than {SECONDS} s")


class Crashes:
    """The faults of one target, of each kind its smallest input, as files of a folder."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder, which need not be there yet."""
        self.folder, self._sizes = folder, dict[str, int]()

    def keep(self, data: bytes, error: BaseException) -> None:
        """Write down an input, unless a smaller one shows the same fault."""
        kind = kind_of(error)
        if len(data) >= self._sizes.get(kind, sys.maxsize):
            return
        self._sizes[kind] = len(data)
        name = sha256(kind.encode()).hexdigest()[:12]
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.input").write_bytes(data)
        told = "".join(traceback.format_exception(error))
        (self.folder / f"{name}.txt").write_text(f"{kind}\n\n{told}", encoding="utf-8", errors="backslashreplace")


def kind_of(error: BaseException) -> str:
    """What tells one fault from another: its type, and where in our code it was raised; of a law, its first words."""
    words = " ".join(str(error).split(" ")[:4]) if isinstance(error, AssertionError) else ""
    place = "" if isinstance(error, TooSlow) else _place(error.__traceback__)
    return f"{type(error).__name__} {words} {place}"


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if "/chipsieve" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].name}"


def drive(name: str, corpus: Path, crashes: Path, *options: str) -> None:
    """Fuzz a target from the seeds in a folder, where new inputs go too; libFuzzer ends the process."""
    with atheris.instrument_imports(include=list(OURS)):
        from fuzz.targets import targets

        target, kept = targets()[name], Crashes(crashes)
        for path in sorted(corpus.iterdir())[:LOADED]:
            target(path.read_bytes())  # what is imported on first use is followed too

    def once(data: bytes) -> None:
        try:
            with Limited():
                target(data)
        except (Exception, TooSlow) as error:  # noqa: BLE001 - each is a fault to keep
            kept.keep(data, error)

    crashes.mkdir(parents=True, exist_ok=True)
    given = [
        f"-max_len={LONGEST}", f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={crashes}/", "-timeout=60",
        "-print_final_stats=1", "-verbosity=0", "-len_control=0", *options, str(corpus),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *given], once)
    atheris.Fuzz()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    drive(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
