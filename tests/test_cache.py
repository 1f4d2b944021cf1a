"""Are readings that were kept those that a fresh look gives, and is every fault of the database an empty cache?"""

from __future__ import annotations

import os
import pwd
import random
import sqlite3
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from chipsieve import scan
from chipsieve.cli import main
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Document, Gap, Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Word
from chipsieve.match.table import default_table
from chipsieve.sources import cache as caching
from chipsieve.sources.cache import DAY, FOLDER, LARGEST, NAME, Cache, Info, Kept, clear, default_path, key
from chipsieve.sources.cache import kept as entry_of
from chipsieve.sources.discovery import Discovery, discover
from chipsieve.sources.disk import Disk
from chipsieve.sources.placing import placed, readings_of
from chipsieve.sources.readers import NO_READER, OVER_TIME, Readers, TooSlow, read_parts, read_source, read_tree
from small_trees import RUN, TRAIN, write

FIXTURES = Path(__file__).parent.parent / "fixtures"
TREE = {
    "run.sh": f"export NCCL_IB_HCA=mlx5\n{RUN}cat > made.yaml <<'END'\nbf16: true\nEND\n",
    "train.py": TRAIN,
    "README.md": "Trained on TPUs.\n```bash\ntorchrun train.py --bf16\n```\n",
    "conf/ds.json": '{"bf16": {"enabled": true}}\n',
    "bad.json": "{",
    "binary.py": "\0",
}
VOCABULARY = default_table().vocabulary
SOURCE = Source("run.sh", "shell", "export NCCL_IB_HCA=mlx5_0\ntorchrun train.py --bf16 true\n")
WRITER = """
import sys
from pathlib import Path
from chipsieve.match.table import default_table
from chipsieve.sources.cache import Cache, kept
from chipsieve.facts.reading import Reading, Source
VOCABULARY = default_table().vocabulary
for number in range(15):
    name = f"{sys.argv[2]}-{number}"
    with Cache(Path(sys.argv[1]), VOCABULARY) as cache:
        cache.keep(kept(Source(name, "shell", name), (("", Reading(name)),), VOCABULARY))
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "readings.sqlite"


def remembered(found: Discovery, path: Path, workers: int = 1) -> tuple[tuple[Reading, ...], int]:
    """The readings of a tree with the cache at `path`, and how many of its files the cache had."""
    with Cache(path, VOCABULARY) as cache:
        return read_tree(found, VOCABULARY, workers=workers, cache=cache), cache.hits


def at(path: Path) -> Discovery:
    return discover(Disk.at(path))


def source(name: str) -> Source:
    return Source(name, "shell", name)


def keep(cache: Cache, name: str, *gaps: Gap) -> None:
    """Put the reading of a file of this name there."""
    cache.keep(made(source(name), Reading(name, gaps=gaps)))


def made(source: Source, reading: Reading) -> Kept:
    """The entry of a source that says no more than one reading."""
    entry = entry_of(source, (("", reading),), VOCABULARY)
    assert entry is not None
    return entry


def entries(path: Path) -> dict[bytes, bytes]:
    base = sqlite3.connect(path)
    try:
        return dict(base.execute("SELECT key, entry FROM readings"))
    finally:
        base.close()


def put(path: Path, entry: object) -> None:
    """Replace every entry by this one, with its own key before it."""
    change(path, *(
        ("UPDATE readings SET entry = ? WHERE key = ?", (under + entry if isinstance(entry, bytes) else entry, under))
        for under in entries(path)
    ))  # fmt: skip


def change(path: Path, *statements: tuple[str, Sequence[object]]) -> None:
    """Change a database with any SQL."""
    base = sqlite3.connect(path)
    for statement, values in statements:
        base.execute(statement, tuple(values))
    base.commit()
    base.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_cold_warm_and_without_a_cache_readings_are_equal(tmp_path: Path, kept: Path, workers: int) -> None:
    found = at(write(tmp_path / "tree", TREE))
    plain = read_tree(found, VOCABULARY, workers=1)
    assert {reading.path for reading in plain} == {*TREE, "made.yaml"}
    assert any(reading.mentions for reading in plain)
    assert remembered(found, kept, workers) == (plain, 0)
    assert remembered(found, kept, workers) == (plain, len(TREE) - 1), "what is no text is not kept"
    assert read_tree(found, VOCABULARY, workers=workers) == plain


def test_a_whole_look_alike_tree_comes_back(kept: Path) -> None:
    found = at(FIXTURES / "repos" / "hunyuan-large-2024-11-05")
    assert remembered(found, kept)[0] == remembered(found, kept)[0] == read_tree(found, VOCABULARY, workers=1)


def test_a_choice_that_two_words_share_is_one_choice_whether_it_was_kept_or_not(tmp_path: Path, kept: Path) -> None:
    chosen = """Q=$2
if [ -z "$Q" ]; then Q=fp8; fi
case "$Q" in
  *.yaml) F=(--recipe "$Q") ;;
  *) F=(--export "$Q") ;;
esac
torchrun train.py "${F[@]}"
"""
    root = write(tmp_path / "tree", {"run.sh": chosen, "train.py": TRAIN})
    plain = scan(root, workers=1)
    assert scan(root, workers=1, cache=kept) == scan(root, workers=1, cache=kept) == plain
    assert len(plain.launches) == 2


def test_what_is_lacking_is_read_and_progress_counts_each_file_once(tmp_path: Path, kept: Path) -> None:
    root = write(tmp_path / "tree", TREE)
    remembered(at(root), kept)
    found, seen = at(write(root, {"train.py": TRAIN + "# more\n", "new.sh": "torchrun train.py\n"})), []
    with Cache(kept, VOCABULARY) as cache:
        readings = read_tree(found, VOCABULARY, lambda *step: seen.append(step), 1, cache)
    assert readings == read_tree(found, VOCABULARY, workers=1)
    assert seen == [("reading", number, len(TREE) + 1) for number in range(1, len(TREE) + 2)]
    assert remembered(found, kept)[1] == len(TREE)


def test_a_file_that_a_script_writes_anew_keeps_its_place(tmp_path: Path, kept: Path) -> None:
    root = write(tmp_path / "tree", {"b.sh": "torchrun train.py --bf16\n"})
    remembered(at(root), kept)
    found = at(write(root, {"a.sh": "cat > b.sh <<'END'\ntorchrun train.py --fp16\nEND\n"}))
    assert remembered(found, kept) == (read_tree(found, VOCABULARY, workers=1), 1)


def test_a_file_that_goes_and_comes_back_is_a_hit(tmp_path: Path, kept: Path) -> None:
    root = write(tmp_path / "tree", TREE)
    remembered(at(root), kept)
    assert remembered(at(write(tmp_path / "elsewhere", TREE)), kept)[1] == len(TREE) - 1, (
        "where the tree lies does not matter"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"text": SOURCE.text + " "},
        {"text": SOURCE.text.replace("true", "True")},
        {"text": ""},
        {"path": "data.json"},
        {"path": "slurm/run.sh"},
        {"language": "prose"},
        {"path": "run.shs", "language": "hell"},
    ],
)
def test_another_text_language_or_kind_of_path_is_another_key(kept: Path, change: Mapping[str, str]) -> None:
    with Cache(kept, VOCABULARY) as cache:
        cache.keep(made(SOURCE, Reading("run.sh")))
    with Cache(kept, VOCABULARY) as cache:
        assert cache.get(SOURCE) == (Reading("run.sh"),)
        assert cache.get(replace(SOURCE, **change)) is None


SCRIPT = "cat > conf/made.sh <<'END'\nif\nEND\ncat > ../above.yaml <<'END'\nbf16: true\nEND\nif\n"


def test_a_text_is_read_once_wherever_it_stands_and_its_readings_get_the_path(kept: Path) -> None:
    first, moved = Source("a/run.sh", "shell", SCRIPT), Source("b/c/other.sh", "shell", SCRIPT)
    readings = read_source(moved, VOCABULARY)
    assert {one.path for one in readings} == {"b/c/other.sh", "b/c/conf/made.sh", "b/above.yaml"}
    assert any(one.gaps for one in readings)
    found = Discovery(Disk(kept.parent.parent), ((first.path, "shell"),), (), ())
    write(kept.parent.parent, {first.path: SCRIPT})
    assert remembered(found, kept)[1] == 0
    with Cache(kept, VOCABULARY) as cache:
        assert list(cache.get(moved) or ()) == list(readings)


@pytest.mark.parametrize("folder", ["repos", "traps"])
def test_readings_under_one_key_differ_by_their_paths_alone(folder: str) -> None:
    """What the law of the cache rests on: of a path, a reading depends on its kinds alone."""
    files = [found for tree in sorted((FIXTURES / folder).iterdir()) if tree.is_dir() for found in sources(tree)]
    drawn = random.Random(folder).sample(files, 60)  # noqa: S311 - which ones does not matter
    for source in drawn:
        for path in (f"elsewhere/{Path(source.path).name}", "slurm/x.log", "data.json", "plain"):
            other = replace(source, path=path)
            if key(other, VOCABULARY) == key(source, VOCABULARY):
                moved = readings_of(placed(read_parts(source, VOCABULARY), path))
                assert moved == read_source(other, VOCABULARY), (source.path, path)


def sources(tree: Path) -> list[Source]:
    found = at(tree)
    texts = [(path, language, found.tree.text(path)) for path, language in found.files]
    return [Source(path, language, text) for path, language, text in texts if isinstance(text, str)]


def test_what_holds_half_a_surrogate_pair_is_not_kept() -> None:
    assert entry_of(SOURCE, (("", Reading("run.sh", gaps=(Gap("run.sh", "a \udce9"),))),), VOCABULARY) is None


def test_a_text_that_is_no_utf_8_has_a_key() -> None:
    first, second = (Source(f"caf{odd}.sh", "shell", f"a{odd}") for odd in ("\udce9", "\udce8"))
    assert key(first, VOCABULARY) != key(second, VOCABULARY) == key(replace(first, text="a\udce8"), VOCABULARY)


def test_nothing_that_is_kept_is_code(tmp_path: Path, kept: Path) -> None:
    """Whoever can write to the folder of the cache can run nothing: entries are decoded into known types."""
    remembered(at(write(tmp_path / "tree", TREE)), kept)
    for under, entry in entries(kept).items():
        assert isinstance(msgspec.msgpack.decode(Kept(under, entry).unpacked()), list)
    loaded = f"import sys, {caching.__name__}; print('pickle' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout == "False\n"
    )


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
    with Cache(path, VOCABULARY) as cache:
        for number in range(200):
            keep(cache, str(number), Gap("a", str(random.Random(number).random())))  # noqa: S311 - any number
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
    found = at(write(tmp_path / "tree", TREE))
    spoil(kept)  # type: ignore[operator] # one of those above
    assert remembered(found, kept) == (read_tree(found, VOCABULARY, workers=1), 0)
    assert remembered(found, kept) == (
        read_tree(found, VOCABULARY, workers=1),
        0 if spoil in SPOILED else len(TREE) - 1,
    )


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_is_an_empty_cache(tmp_path: Path, kept: Path) -> None:
    found = at(write(tmp_path / "tree", TREE))
    kept.parent.mkdir(mode=0o500)
    assert remembered(found, kept) == remembered(found, kept) == (read_tree(found, VOCABULARY, workers=1), 0)


def test_a_cache_that_is_not_open_holds_and_takes_nothing(kept: Path) -> None:
    cache = Cache(kept, VOCABULARY)
    keep(cache, "a")
    assert cache.get(source("a")) is None
    assert cache.info() == Info(0, 0)
    assert not kept.exists()


def packed(thing: object) -> bytes:
    """An entry that holds anything."""
    return zlib.compress(msgspec.msgpack.encode(thing))


WHOLE = made(SOURCE, Reading("a", "shell", gaps=(Gap("a", "any reason"),))).entry[32:]
BOMB = zlib.compress(b"\0" * 300_000_000, 9)
MANY = packed([["", ["a"]]] * (LARGEST // 5))


@pytest.mark.parametrize(
    "entry",
    [
        b"", b"\0", b"no zlib", None, 1, "text", zlib.compress(b""), WHOLE[:-9],
        zlib.compress(zlib.decompress(WHOLE)[:-9]), packed([]), packed([["", 1]]), packed([["", ["a", 1]]]),
        packed({"": 1}), zlib.compress(b"\x91" * 100_000), 1_000_000_000, 1.5, BOMB, MANY,
    ],
    ids=[
        "empty", "zero", "no-zlib", "null", "number", "text", "nothing", "cut", "packed-cut", "no-reading",
        "other-type", "other-field", "other-shape", "deep", "length", "fraction", "bomb", "many",
    ],
)  # fmt: skip
def test_a_corrupted_entry_is_read_anew_and_written_again(tmp_path: Path, kept: Path, entry: object) -> None:
    found = at(write(tmp_path / "tree", TREE))
    plain = remembered(found, kept)[0]
    put(kept, entry)
    assert remembered(found, kept) == (plain, 0)
    assert remembered(found, kept) == (plain, len(TREE) - 1)


def test_an_entry_under_another_key_is_not_believed(tmp_path: Path, kept: Path) -> None:
    found = at(write(tmp_path / "tree", TREE))
    plain = remembered(found, kept)[0]
    keys, several = zip(*entries(kept).items(), strict=True)
    moved = zip(keys, (*several[1:], several[0]), strict=True)
    change(kept, *(("UPDATE readings SET entry = ? WHERE key = ?", (entry, under)) for under, entry in moved))
    assert remembered(found, kept) == (plain, 0)
    assert remembered(found, kept) == (plain, len(TREE) - 1)


def test_a_bomb_takes_no_memory(tmp_path: Path, kept: Path) -> None:
    found = at(write(tmp_path / "tree", TREE))
    remembered(found, kept)
    for bomb in (1_000_000_000, BOMB, MANY):
        put(kept, bomb)
        tracemalloc.start()
        assert remembered(found, kept)[1] == 0
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
        tracemalloc.stop()


ENDLESS = "WITH RECURSIVE more(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM more) SELECT n, n, n FROM more"


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE readings", f"CREATE VIEW readings (key, used, entry) AS {ENDLESS}"),
        (f"CREATE TRIGGER slow AFTER UPDATE ON readings BEGIN INSERT INTO readings {ENDLESS}; END",),
        ("ALTER TABLE readings ADD COLUMN more",),
        ("CREATE TABLE another (x)",),
        ("DROP TABLE readings", "CREATE TABLE readings (key, used, entry)"),
    ],
)
@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_a_database_that_is_not_ours_alone_is_an_empty_cache(
    tmp_path: Path, kept: Path, statements: Sequence[str], journal: str
) -> None:
    found = at(write(tmp_path / "tree", TREE))
    plain = remembered(found, kept)[0]
    change(kept, (f"PRAGMA journal_mode = {journal}", ()), *((one, ()) for one in statements))
    before = time.monotonic()
    assert remembered(found, kept) == (plain, 0)
    with Cache(kept, VOCABULARY) as cache:
        assert cache.info() == Info(0, 0)
    assert time.monotonic() - before < 20


def test_a_pipe_in_place_of_the_database_is_an_empty_cache(tmp_path: Path, kept: Path) -> None:
    found = at(write(tmp_path / "tree", TREE))
    kept.parent.mkdir()
    os.mkfifo(kept)
    assert remembered(found, kept) == (read_tree(found, VOCABULARY, workers=1), 0)


def test_a_database_that_somebody_locks_is_waited_for_once(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = at(write(tmp_path / "tree", TREE))
    plain = remembered(found, kept)[0]
    monkeypatch.setattr("chipsieve.sources.cache.WAIT", 0.5)
    monkeypatch.setattr("chipsieve.sources.cache.BATCH", 1)
    put(kept, b"")
    change(kept, ("PRAGMA journal_mode = DELETE", ()))
    base = sqlite3.connect(kept, isolation_level=None)
    base.execute("BEGIN EXCLUSIVE")
    before = time.monotonic()
    assert remembered(found, kept) == (plain, 0)
    assert time.monotonic() - before < 10
    base.close()


@pytest.mark.parametrize("folder", ["x" * 300, "x/" * 3000, "/dev/null", "/proc/none"])
def test_a_folder_that_cannot_be_is_an_empty_cache(tmp_path: Path, folder: str) -> None:
    found = at(write(tmp_path / "tree", TREE))
    assert remembered(found, tmp_path / folder / "x") == (read_tree(found, VOCABULARY, workers=1), 0)


def test_who_has_no_home_has_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(FOLDER)
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda _: pwd.getpwnam("nobody of that name"))
    assert default_path() is None
    write(tmp_path, {"run.sh": RUN})
    assert CliRunner().invoke(main, ["scan", "."]).exit_code == 0
    done = [CliRunner().invoke(main, ["cache", one]) for one in ("info", "clear")]
    assert [(one.exit_code, "CHIPSIEVE_CACHE_DIR" in one.stderr) for one in done] == [(2, True), (2, True)]
    assert [path.name for path in tmp_path.iterdir()] == ["run.sh"]


@pytest.mark.parametrize("folder", ["x" * 300, "/dev/null/x", "\x1b[1m"])
def test_a_folder_that_cannot_be_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(FOLDER, folder)
    for command in ("info", "clear"):
        assert CliRunner().invoke(main, ["cache", command]).exit_code in {0, 1}


def test_the_longest_unused_entries_go_first(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = random.Random(1)  # noqa: S311 - bytes that zlib cannot shorten

    def run(day: int, *names: str, read: Sequence[str] = ()) -> str:
        monkeypatch.setattr("chipsieve.sources.cache.time", lambda: day * DAY)
        with Cache(kept, VOCABULARY) as cache:
            assert all(cache.get(source(name)) for name in read)
            for name in names:
                keep(cache, name, Gap("", noise.randbytes(50_000).hex()))
        there = entries(kept)
        return "".join(name for name in "abcdefghij" if key(source(name), VOCABULARY) in there)

    assert run(1, *"abcdefgh") == "abcdefgh"
    with Cache(kept, VOCABULARY) as cache:
        size = cache.info().size
    assert run(2, read=["a"]) == "abcdefgh"
    monkeypatch.setattr("chipsieve.sources.cache.LIMIT", size * 19 // 16)
    assert run(3, "i") == "abcdefghi", "as many as fit"
    left = run(4, "j")
    assert len(left) == 4, "half of what fits stays"
    assert {"a", "i", "j"} <= set(left), "what was used of late"


def test_a_large_run_is_written_in_parts_so_that_one_that_is_killed_loses_little(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chipsieve.sources.cache.BATCH", 30)
    with Cache(kept, VOCABULARY) as cache:
        for name in "abcdef":
            keep(cache, name)
            assert len(entries(kept)) >= ord(name) - ord("a") - 1


def test_a_run_that_finds_everything_writes_nothing(tmp_path: Path, kept: Path) -> None:
    found = at(write(tmp_path / "tree", TREE))
    remembered(found, kept)
    before = kept.read_bytes()
    remembered(found, kept)
    assert kept.read_bytes() == before


def test_the_cache_tells_what_it_holds_and_can_be_deleted(kept: Path) -> None:
    with Cache(kept, VOCABULARY) as cache:
        assert cache.info().entries == 0
        keep(cache, "a")
    with Cache(kept, VOCABULARY) as cache:
        held = cache.info()
    assert (held.entries, held.size) == (1, kept.stat().st_size)
    assert clear(kept) == held.size
    assert not list(kept.parent.iterdir())
    assert clear(kept) == 0


def test_the_cache_lies_in_the_users_folder_or_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, "there")
    assert default_path() == Path("there", NAME)
    monkeypatch.setenv(FOLDER, "")
    own = default_path()
    assert own is not None
    assert own.parts[-2:] == ("chipsieve", NAME)
    assert own.is_absolute()


def test_only_the_user_may_open_the_folder_of_the_cache(kept: Path) -> None:
    with Cache(kept, VOCABULARY):
        assert kept.parent.stat().st_mode & 0o077 == 0


def test_two_processes_that_write_at_once_lose_nothing(kept: Path) -> None:
    several = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(kept), name], stderr=subprocess.PIPE, text=True)
        for name in ("left", "right")
    ]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in several] == [("", 0), ("", 0)]
    with Cache(kept, VOCABULARY) as cache:
        names = [f"{side}-{number}" for side in ("left", "right") for number in range(15)]
        assert [cache.get(source(name)) for name in names] == [(Reading(name),) for name in names]


def test_two_caches_open_on_one_file_see_what_the_other_wrote(kept: Path) -> None:
    with Cache(kept, VOCABULARY) as first:
        with Cache(kept, VOCABULARY) as second:
            keep(second, "b")
        keep(first, "a")
        assert first.get(source("b")) == (Reading("b"),)
    assert entries(kept).keys() == {key(source(name), VOCABULARY) for name in "ab"}


@dataclass
class Sluggish:
    """A reader that never ends with `slow` files, nor with documents in others."""

    slow: str
    LANGUAGES: Sequence[str] = ("shell", "python")
    read_paths: list[str] = field(default_factory=list)

    def read(self, source: Source, vocabulary: Vocabulary) -> Reading:
        del vocabulary
        self.read_paths.append(source.path)
        if source.path == self.slow or source.language == "python":
            raise TooSlow
        inner = Document(Word((), Span(1, 1, 1, 1)), "python", "", Span(1, 1, 1, 1))
        return Reading(source.path, documents=(inner,) if source.path == "outer.sh" else ())


def test_a_reading_that_ran_over_time_is_not_kept(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Sluggish("slow.sh")
    monkeypatch.setattr(
        "chipsieve.sources.readers.readers", lambda: Readers(dict.fromkeys(reader.LANGUAGES, reader), ())
    )
    texts = {"quick.sh": "a\n", "slow.sh": "b\n", "outer.sh": "c\n"}
    found = at(write(tmp_path / "tree", texts))
    first, _ = remembered(found, kept)
    late = {gap.path for reading in first for gap in reading.gaps if gap.reason.startswith(OVER_TIME)}
    assert late == {"slow.sh", "outer.sh"}
    reader.read_paths.clear()
    assert remembered(found, kept) == (first, 1)
    assert set(reader.read_paths) == {"slow.sh", "outer.sh"}


def test_that_a_plugin_is_missing_is_not_kept(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = at(write(tmp_path / "tree", {"run.sh": RUN}))
    with monkeypatch.context() as patch:
        patch.setattr("chipsieve.sources.readers.readers", lambda: Readers({}, ()))
        (reading,), _ = remembered(found, kept)
        assert reading.gaps[0].reason.startswith(NO_READER)
    assert remembered(found, kept) == (read_tree(found, VOCABULARY, workers=1), 0)


def test_other_gaps_are_kept(tmp_path: Path, kept: Path) -> None:
    found = at(write(tmp_path / "tree", {"bad.json": "{"}))
    (reading,), _ = remembered(found, kept)
    assert reading.gaps
    assert remembered(found, kept) == ((reading,), 1)
