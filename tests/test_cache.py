"""Are readings that were kept those that a fresh look gives, and is every fault of the database an empty cache?"""

from __future__ import annotations

import ast
import os
import pickle
import random
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from annotations import FILES, annotated
from chipsieve.cache import READ_BY, UNREAD, Cache, _modules, _Relevance
from chipsieve.discover import Discovery, discover
from chipsieve.model import Document, Gap, Reading, Row, Signal, Source, Span, Word
from chipsieve.read import OVER_TIME, TooSlow, read_source, read_tree
from chipsieve.signals import read_signal
from chipsieve.signals.table import SignalTable, default_table
from chipsieve.vocabulary import words_of
from small_trees import RUN, TRAIN, write

FIXTURES = Path(__file__).parent.parent / "fixtures"
READ = [path for path in FILES if path.parent.name not in ("cuda", "cmake")]
SIGNALS = default_table().signals
TREE = {
    "run.sh": f"export NCCL_IB_HCA=mlx5\n{RUN}cat > made.yaml <<'END'\nbf16: true\nEND\n",
    "train.py": TRAIN,
    "README.md": "Trained on TPUs.\n```bash\ntorchrun train.py --bf16\n```\n",
    "conf/ds.json": '{"bf16": {"enabled": true}}\n',
    "bad.json": "{",
    "binary.py": "\0",
}
SOURCE = Source("run.sh", "shell", "export NCCL_IB_HCA=mlx5_0\ntorchrun train.py --bf16 true\n")
WRITER = """
import sys
from pathlib import Path
from chipsieve.cache import Cache
from chipsieve.model import Reading
for number in range(15):
    name = f"{sys.argv[2]}-{number}"
    with Cache(Path(sys.argv[1]), {}) as cache:
        cache.keep(name.encode(), (Reading(name),))
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "readings.sqlite"


def remembered(found: Discovery, path: Path, workers: int = 1) -> tuple[tuple[Reading, ...], int]:
    """The readings of a tree with the cache at `path`, and how many of its files the cache had."""
    with Cache(path, SIGNALS) as cache:
        return read_tree(found, workers=workers, cache=cache), cache.hits


def entries(path: Path) -> dict[bytes, bytes]:
    base = sqlite3.connect(path)
    try:
        return dict(base.execute("SELECT key, entry FROM readings"))
    finally:
        base.close()


def put(path: Path, entry: object) -> None:
    """Replace every entry by this one."""
    base = sqlite3.connect(path)
    base.execute("UPDATE readings SET entry = ?", (entry,))
    base.commit()
    base.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_cold_warm_and_without_a_cache_readings_are_equal(tmp_path: Path, kept: Path, workers: int) -> None:
    found = discover(write(tmp_path / "tree", TREE))
    plain = read_tree(found, workers=1)
    assert {reading.path for reading in plain} == {*TREE, "made.yaml"}
    assert any(reading.mentions for reading in plain)
    assert remembered(found, kept, workers) == (plain, 0)
    assert remembered(found, kept, workers) == (plain, len(TREE) - 1), "what is no text is not kept"
    assert read_tree(found, workers=workers) == plain


def test_a_whole_look_alike_tree_comes_back(kept: Path) -> None:
    found = discover(FIXTURES / "repos" / "hunyuan-large-2024-11-05")
    assert remembered(found, kept)[0] == remembered(found, kept)[0] == read_tree(found, workers=1)


def test_what_is_lacking_is_read_and_progress_counts_each_file_once(tmp_path: Path, kept: Path) -> None:
    root = write(tmp_path / "tree", TREE)
    remembered(discover(root), kept)
    found, seen = discover(write(root, {"train.py": TRAIN + "# more\n", "new.sh": "torchrun train.py\n"})), []
    with Cache(kept, SIGNALS) as cache:
        readings = read_tree(found, lambda number, total: seen.append((number, total)), 1, cache)
    assert readings == read_tree(found, workers=1)
    assert seen == [(number, len(TREE) + 1) for number in range(1, len(TREE) + 2)]
    assert remembered(found, kept)[1] == len(TREE)


def test_a_file_that_a_script_writes_anew_keeps_its_place(tmp_path: Path, kept: Path) -> None:
    root = write(tmp_path / "tree", {"b.sh": "torchrun train.py --bf16\n"})
    remembered(discover(root), kept)
    found = discover(write(root, {"a.sh": "cat > b.sh <<'END'\ntorchrun train.py --fp16\nEND\n"}))
    assert remembered(found, kept) == (read_tree(found, workers=1), 1)


def test_a_file_that_goes_and_comes_back_is_a_hit(tmp_path: Path, kept: Path) -> None:
    root = write(tmp_path / "tree", TREE)
    remembered(discover(root), kept)
    other = replace(discover(root), root=write(tmp_path / "elsewhere", TREE))
    assert remembered(other, kept)[1] == len(TREE) - 1, "where the tree lies does not matter"


@pytest.mark.parametrize(
    "change",
    [
        {"text": SOURCE.text + " "},
        {"text": SOURCE.text.replace("true", "True")},
        {"text": ""},
        {"path": "RUN.sh"},
        {"path": "a/run.sh"},
        {"language": "prose"},
        {"path": "run.shs", "language": "hell"},
    ],
)
def test_another_text_path_or_language_is_another_key(kept: Path, change: Mapping[str, str]) -> None:
    with Cache(kept, SIGNALS) as cache:
        cache.keep(cache.key(SOURCE), (Reading("run.sh"),))
    with Cache(kept, SIGNALS) as cache:
        assert cache.get(cache.key(SOURCE)) == (Reading("run.sh"),)
        assert cache.get(cache.key(replace(SOURCE, **change))) is None


def test_a_text_that_is_no_utf_8_has_a_key(kept: Path) -> None:
    cache = Cache(kept, SIGNALS)
    assert cache.key(Source("caf\udce9.sh", "shell", "a\udce9")) != cache.key(
        Source("caf\udce8.sh", "shell", "a\udce9")
    )


def row(kind: str, *names: str) -> dict[str, object]:
    return {"kind": kind, "names": list(names)}


def made(name: str, *rows: dict[str, object]) -> Signal:
    whole = {
        "title": "a construct", "question": "What then?", "why": "because", "references": ["a test"], "step": "memory",
        "effect": "requires", "strength": "strong", "requires": {"vendor": "nvidia"}, "match": list(rows),
    }  # fmt: skip
    return read_signal(name, whole)


def changed(signals: Mapping[str, Signal], name: str) -> dict[str, Signal]:
    """The signals, one of them with another value in each row."""
    rows = tuple(replace(one, values=(*one.values, "another")) for one in signals[name].rows)
    return {**signals, name: replace(signals[name], rows=rows)}


HAND_MADE = {
    one.id: one
    for one in (
        made("a-variable", row("env", "NCCL_IB_HCA")),
        made("a-family", row("env", "NVTE_*")),
        made("a-flag", row("flag", "--bf16")),
        made("a-name", row("name", "torch.float8_e4m3fn")),
        made("a-method", row("call", "*.compile_kernel")),
        made("a-package", row("import", "flash_attn")),
        made("a-pin", row("pin", "Transformer.Engine")),
        made("a-key", row("key", "fp16.*.loss_scale")),
        made("two-rows", row("env", "ABSENT_NAME"), row("flag", "--amp-level")),
    )
}
TEXTS = {
    "a-variable": "export NCCL_IB_HCA=1",
    "a-family": "NVTE_FUSED=1 python t.py",
    "a-flag": "torchrun t.py --bf16",
    "a-name": "x.to(torch.float8_e4m3fn)",
    "a-method": "net.compile_kernel()",
    "a-package": "import flash_attn.ops",
    "a-pin": "transformer-engine==1.0",
    "a-key": "fp16: {dynamic: {loss_scale: 1}}",
    "two-rows": "t.py --amp_level 2",
}


@pytest.mark.parametrize("name", HAND_MADE)
def test_a_row_that_changes_touches_the_texts_with_its_words_alone(kept: Path, name: str) -> None:
    before, after = Cache(kept, HAND_MADE), Cache(kept, changed(HAND_MADE, name))
    for other, text in TEXTS.items():
        source = Source("a", "shell", text)
        assert (before.key(source) == after.key(source)) == (other != name), other


@pytest.mark.parametrize(("kind", "pattern"), [("literal", "^nvidia-smi$"), ("image", "rocm"), ("word", "v100")])
def test_a_row_without_words_touches_every_text(kept: Path, kind: str, pattern: str) -> None:
    signals = {**HAND_MADE, "any": made("any", {"kind": kind, "pattern": pattern})}
    for text in (*TEXTS.values(), "", "nothing of all that"):
        source = Source("a", "shell", text)
        assert Cache(kept, signals).key(source) != Cache(kept, changed(signals, "any")).key(source)


def test_of_the_shipped_signals_too_a_change_is_seen_where_it_may_matter(kept: Path) -> None:
    before, drawn = Cache(kept, SIGNALS), random.Random(4)  # noqa: S311 - which ones does not matter
    texts = {path: annotated(path).source for path in drawn.sample(READ, 12)}
    for path, source in texts.items():
        after = Cache(kept, changed(SIGNALS, path.stem))
        assert after.key(source) != before.key(source), path.stem
    plain = Source("a.py", "python", "print(1)\n")
    literal = [name for name, one in SIGNALS.items() if _worded(one.rows)]
    for name in drawn.sample(literal, 12):
        assert Cache(kept, changed(SIGNALS, name)).key(plain) == before.key(plain), name


def _worded(rows: Sequence[Row]) -> bool:
    return all(one.names and one.kind in ("env", "flag", "import", "pin") for one in rows)


def test_what_a_reading_does_not_depend_on_changes_no_key(kept: Path) -> None:
    name = "bf16-training"
    other = {**SIGNALS, name: replace(SIGNALS[name], strength="weak", title="other", requires={"vendor": "amd"})}
    assert Cache(kept, other).key(SOURCE) == Cache(kept, SIGNALS).key(SOURCE)


def test_another_signal_with_words_of_the_text_changes_the_key(kept: Path) -> None:
    more = {**HAND_MADE, "more": made("more", row("env", "NCCL_IB_HCA"))}
    assert Cache(kept, more).key(SOURCE) != Cache(kept, HAND_MADE).key(SOURCE)
    far = {**HAND_MADE, "more": made("more", row("env", "HSA_OVERRIDE"))}
    assert Cache(kept, far).key(SOURCE) == Cache(kept, HAND_MADE).key(SOURCE)


def test_a_signal_that_is_renamed_changes_the_key(kept: Path) -> None:
    old, new = ({name: made(name, row("env", "NCCL_IB_HCA"))} for name in ("old-name", "new-name"))
    assert Cache(kept, old).key(SOURCE) != Cache(kept, new).key(SOURCE)


@pytest.mark.parametrize("path", READ, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_signal_that_is_found_in_a_text_is_relevant_to_it(path: Path) -> None:
    """What the words tell loses nothing: a change of a signal reaches every text in which it was found."""
    source = annotated(path).source
    found = {item.signal for reading in read_source(source) for item in reading.findings}
    assert found
    assert found <= relevant(source.text), sorted(found - relevant(source.text))


RELEVANCE = _Relevance(SIGNALS)


def relevant(text: str) -> set[str]:
    """The signals that may match in a text, as the cache's words tell; `digest` makes a digest of them."""
    joined = "\n".join(words_of(text))
    within = (several for piece, several in RELEVANCE._within.items() if piece in joined)  # noqa: SLF001 - asked for here
    return RELEVANCE._always.union(*within)  # noqa: SLF001


def test_most_signals_are_told_by_words() -> None:
    assert len(relevant("")) < len(SIGNALS) / 4


def imported(module: str) -> Iterator[str]:
    """The modules of ours that a module imports."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin
    for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (node.module, *(f"{node.module}.{part.name}" for part in node.names))
        elif isinstance(node, ast.Import):
            yield from (part.name for part in node.names)


def test_no_module_that_the_readers_build_on_is_left_out_of_the_key() -> None:
    waiting, seen = {f"{package}.__init__" for package in READ_BY[1:]}, set[str]()
    while waiting:
        module = waiting.pop()
        if module.partition(".")[0] not in READ_BY or module in seen or not _is_module(module):
            continue
        seen.add(module)
        waiting |= set(imported(module))
    own = {name.removeprefix("chipsieve.") for name in seen if name.startswith("chipsieve.")}
    assert {"text", "signals.table"} <= own
    assert not {f"{name}.py" for name in own} & UNREAD - {"model.py"}, "model.py counts by the form of its types"
    assert {"semgrep", "link", "report"}.isdisjoint(name.partition(".")[0] for name in own)


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_every_module_of_the_readers_is_in_the_key() -> None:
    for package in READ_BY[1:]:
        spec = find_spec(package)
        assert spec is not None
        folder = Path(str(spec.origin)).parent
        assert {name for name, _ in _modules(folder)} == {path.name for path in folder.rglob("*.py")}


def test_files_that_are_left_out_of_the_key_are_there() -> None:
    folder = Path(str(find_spec("chipsieve").origin)).parent  # type: ignore[union-attr] # it is installed
    assert {*UNREAD} <= {path.name for path in folder.iterdir()}


def spoil_nothing(_: Path) -> None:
    """A folder that is not there yet."""


def spoil_text(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("this is no database, and long enough to look like one\n" * 100, encoding="utf-8")


def spoil_table(path: Path) -> None:
    path.parent.mkdir()
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE readings (other TEXT)")
    base.close()


def spoil_pages(path: Path) -> None:
    """A database that was cut and overwritten in the middle."""
    with Cache(path, {}) as cache:
        for number in range(200):
            cache.keep(str(number).encode() * 9, (Reading("a", gaps=(Gap("a", str(random.Random(number).random())),)),))  # noqa: S311
    data = path.read_bytes()
    path.write_bytes(data[:3000] + b"\xff" * 9000 + data[12000 : len(data) * 2 // 3])


def spoil_folder(path: Path) -> None:
    """A folder where the database should be."""
    path.mkdir(parents=True)


def spoil_parent(path: Path) -> None:
    """A file where the folder should be."""
    path.parent.write_text("", encoding="utf-8")


SPOILED = [spoil_text, spoil_table, spoil_pages, spoil_folder, spoil_parent]


@pytest.mark.parametrize("spoil", [spoil_nothing, *SPOILED])
def test_a_database_that_cannot_be_used_is_an_empty_cache(tmp_path: Path, kept: Path, spoil: object) -> None:
    found = discover(write(tmp_path / "tree", TREE))
    spoil(kept)  # type: ignore[operator] # one of those above
    assert remembered(found, kept) == (read_tree(found, workers=1), 0)
    assert remembered(found, kept) == (read_tree(found, workers=1), 0 if spoil in SPOILED else len(TREE) - 1)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_is_an_empty_cache(tmp_path: Path, kept: Path) -> None:
    found = discover(write(tmp_path / "tree", TREE))
    kept.parent.mkdir(mode=0o500)
    assert remembered(found, kept) == remembered(found, kept) == (read_tree(found, workers=1), 0)


def test_a_cache_that_is_not_open_holds_and_takes_nothing(kept: Path) -> None:
    cache = Cache(kept, SIGNALS)
    cache.keep(b"a", (Reading("a"),))
    assert cache.get(b"a") is None
    assert not kept.exists()


@pytest.mark.parametrize(
    "entry",
    [
        b"", b"\0", b"no zlib", None, 1, "text", zlib.compress(b""), zlib.compress(b"."),
        zlib.compress(pickle.dumps((Reading("a"),)))[:-9], zlib.compress(pickle.dumps((Reading("a"),))[:-9]),
        zlib.compress(b"cchipsieve.model\nGone\n."), zlib.compress(b"cchipsieve.gone\nReading\n."),
        zlib.compress(b"cchipsieve.model\nReading\n(tR."),
    ],
    ids=[
        "empty", "zero", "no-zlib", "null", "number", "text", "no-pickle", "stop", "cut", "pickle-cut", "no-type",
        "no-module", "other-fields",
    ],
)  # fmt: skip
def test_a_corrupted_entry_is_read_anew_and_written_again(tmp_path: Path, kept: Path, entry: object) -> None:
    found = discover(write(tmp_path / "tree", TREE))
    plain = remembered(found, kept)[0]
    put(kept, entry)
    assert remembered(found, kept) == (plain, 0)
    assert remembered(found, kept) == (plain, len(TREE) - 1)


def test_the_longest_unused_entries_go_first(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = random.Random(1)  # noqa: S311 - bytes that zlib cannot shorten

    def keep(at: int, *names: str, read: Sequence[str] = ()) -> None:
        monkeypatch.setattr("chipsieve.cache.time", lambda: at)
        with Cache(kept, {}) as cache:
            assert all(cache.get(name.encode()) for name in read)
            for name in names:
                cache.keep(name.encode(), (Reading(name, gaps=(Gap("", noise.randbytes(500).hex()),)),))

    keep(1, *"abcdefgh")
    size = sum(map(len, entries(kept).values()))
    keep(2, read=["a"])
    monkeypatch.setattr("chipsieve.cache.LIMIT", size * 19 // 16)
    keep(3, "i")
    assert b"".join(sorted(entries(kept))) == b"abcdefghi", "as many as fit"
    keep(4, "j")
    assert b"".join(sorted(entries(kept))) == b"ahij", "half of what fits stays, what was used of late"


def test_two_processes_that_write_at_once_lose_nothing(kept: Path) -> None:
    several = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(kept), name], stderr=subprocess.PIPE, text=True)
        for name in ("left", "right")
    ]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in several] == [("", 0), ("", 0)]
    with Cache(kept, {}) as cache:
        names = [f"{side}-{number}" for side in ("left", "right") for number in range(15)]
        assert [cache.get(name.encode()) for name in names] == [(Reading(name),) for name in names]


def test_two_caches_open_on_one_file_see_what_the_other_wrote(kept: Path) -> None:
    with Cache(kept, {}) as first:
        with Cache(kept, {}) as second:
            second.keep(b"b", (Reading("b"),))
        first.keep(b"a", (Reading("a"),))
        assert first.get(b"b") == (Reading("b"),)
    assert entries(kept).keys() == {b"a", b"b"}


@dataclass
class Sluggish:
    """A reader that never ends with `slow` files, nor with documents in others."""

    LANGUAGES = ("shell", "python")
    slow: str
    read_paths: list[str] = field(default_factory=list)

    def read(self, source: Source, table: SignalTable) -> Reading:
        del table
        self.read_paths.append(source.path)
        if source.path == self.slow or source.language == "python":
            raise TooSlow
        inner = Document(Word((), Span(1, 1, 1, 1)), "python", "", Span(1, 1, 1, 1))
        return Reading(source.path, documents=(inner,) if source.path == "outer.sh" else ())


def test_a_reading_that_ran_over_time_is_not_kept(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Sluggish("slow.sh")
    monkeypatch.setattr("chipsieve.read.readers", lambda: dict.fromkeys(reader.LANGUAGES, reader))
    texts = {"quick.sh": "a\n", "slow.sh": "b\n", "outer.sh": "c\n"}
    found = discover(write(tmp_path / "tree", texts))
    first, _ = remembered(found, kept)
    late = {gap.path for reading in first for gap in reading.gaps if gap.reason.startswith(OVER_TIME)}
    assert late == {"slow.sh", "outer.sh"}
    reader.read_paths.clear()
    assert remembered(found, kept) == (first, 1)
    assert set(reader.read_paths) == {"slow.sh", "outer.sh"}


def test_other_gaps_are_kept(tmp_path: Path, kept: Path) -> None:
    found = discover(write(tmp_path / "tree", {"bad.json": "{"}))
    (reading,), _ = remembered(found, kept)
    assert reading.gaps
    assert remembered(found, kept) == ((reading,), 1)
