"""Can any name or value of a tree or a report act on who looks at an output, whatever the command and the stream?"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import cmarkgfm
import pytest
from click.testing import CliRunner, Result
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

import planted
from chipsieve.cli import main
from chipsieve.report import FORMATS
from chipsieve.report.escape import harmless, json_text
from chipsieve.report.timeline_formats import FORMATS as TIMELINES
from page_parser import Page

HOSTILE = {"script", "img", "iframe", "object", "link"}
MACHINES = {"json", "sarif", "cyclonedx", "spdx"}
INTERNAL = 70
SOURCES = Path(__file__).parents[1] / "src"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted.repository(tmp_path_factory.mktemp("planted") / "##[error]tree\u202e")


@pytest.fixture(scope="module")
def verdict_file(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("saved") / "::error::\x1b[1m.json"
    ran("scan", repository, "--output", file)
    return file


def ran(*arguments: object, form: str = "text", code: int | None = None) -> Result:
    """Run a command; nothing on its streams acts, and it ends as it may."""
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    assert planted.faults(done.stderr, tabs=True) == [], (arguments, done.stderr)
    inspect(done.stdout, form)
    assert done.exit_code != INTERNAL, done.stderr
    assert code is None or done.exit_code == code, done.output
    return done


def inspect(text: str, form: str) -> None:
    """Nothing in a report of this format acts."""
    assert planted.faults(text, commands=form == "github") == []
    if form in MACHINES and text:
        json.loads(text)
    if form == "jsonl":
        assert all(json.loads(line) for line in text.splitlines())
    if form == "html":
        page = Page(text)
        assert page.open == []
        assert not page.elements & HOSTILE
        assert "onerror" not in page.attributes
    if form == "markdown":
        assert list(leads(text)) == []
    if form.endswith("csv"):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]


def leads(text: str) -> Iterator[str]:
    """Where Markdown of ours leads to as GitHub draws it, and what it draws besides."""
    drawn = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    page = Page(drawn)
    yield from page.elements & (HOSTILE | {"a", "b"})
    yield from (word for word in ("@everyone", "o/r#1") if any(word in piece for piece in page.prose))


def test_the_inspection_sees_what_acts() -> None:
    assert len(planted.faults(planted.VALUE)) > 8
    assert set(leads(planted.VALUE.replace("\udce9", ""))) >= {"a", "img", "@everyone"}


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_reports(repository: Path, tmp_path: Path, form: str) -> None:
    file = tmp_path / "##[error]report"
    done = ran("scan", repository, "-v", "-v", "--format", form, "--also", f"{form}={file}", form=form, code=0)
    assert "planted" in done.stdout or form in {"csv", "github", "spdx", "cyclonedx"}
    inspect(file.read_text(encoding="utf-8"), form)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-q",),
        ("--no-ignore",),
        ("--scope", "tree"),
        ("--fail-on", "names:any"),
        ("--link-base", "https://x/{path}"),
    ],
)
def test_ways_of_scanning(repository: Path, options: tuple[str, ...]) -> None:
    ran("scan", repository, *options)
    ran("scan", f"{repository}@HEAD", *options)


def test_colours_are_ours_alone(repository: Path) -> None:
    done = CliRunner().invoke(main, ["scan", str(repository), "--color", "always", "-v"])
    assert "\x1b[1m" in done.stdout
    plain = done.stdout
    for colour in ("0", "1", "2", "31", "32"):
        plain = plain.replace(f"\x1b[{colour}m", "")
    assert planted.faults(plain) == []
    assert "\x1b[31mred" not in done.stdout


@pytest.mark.parametrize("form", ["text", "json"])
def test_questions(repository: Path, verdict_file: Path, form: str) -> None:
    launches = [one["id"] for one in json.loads(verdict_file.read_text(encoding="utf-8"))["launches"]]
    assert any("error" in one for one in launches)
    for chip in ("h20", "v100", "mi300x"):
        ran("explain", chip, repository, "--format", form, "-v", form=form)
        ran("runs-on", chip, repository, "--format", form, "-v", form=form)
    for launch in launches:
        ran("explain", launch, repository, "-v")
        ran("runs-on", "h20", repository, "--launch", launch, "--format", form, form=form)


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_comparing(repository: Path, verdict_file: Path, tmp_path: Path, form: str) -> None:
    saved = json.loads(verdict_file.read_text(encoding="utf-8"))
    other = tmp_path / "##[error]\x1b[1mother.json"
    other.write_text(json.dumps(planted.planted(saved)), encoding="utf-8")
    ran("diff", "--format", form, "-v", other, repository, form=form)
    ran("diff", "--format", form, "-v", verdict_file, other, form=form)
    ran("diff", "--format", form, f"{repository}@HEAD~1", repository, form=form, code=0)
    for shown in ("text", "json", "markdown"):
        ran("scan", repository, "--baseline", other, "--format", shown, form=shown)


@pytest.mark.parametrize("form", sorted(TIMELINES))
def test_histories(repository: Path, form: str) -> None:
    done = ran("history", repository, "--format", form, "-v", "-v", form=form, code=0)
    assert "planted" in done.stdout or "in a name" in done.stdout


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_reports_of_scanners(repository: Path, tmp_path: Path, form: str) -> None:
    log, other, lines = tmp_path / "##[error]\x1b[1m.sarif", tmp_path / "s\u202e.json", tmp_path / "\n::error::f.txt"
    log.write_text(planted.sarif("escapes.sh", 2), encoding="utf-8")
    other.write_text(planted.semgrep("escapes.sh"), encoding="utf-8")
    lines.write_text(f"escapes.sh:2:1: CHS001 {planted.WITHOUT_LINES}\n", encoding="utf-8", errors="replace")
    for file in (log, other, lines):
        ran("sieve", file, "--format", form, "-v", "-v", form=form)
        ran("sieve", file, "--root", repository, "--format", form, "-v", "-v", form=form)


@pytest.mark.parametrize("name", planted.NAMES)
def test_what_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A shell's `*` types names of a tree, and a folder may be called as a command."""
    monkeypatch.chdir(tmp_path)
    broken = tmp_path / f"{name}.json"
    broken.write_text("{", encoding="utf-8")
    output = f"{name}/x"
    for command in (
        ("scan", name), ("scan", f"x@{name}"), ("explain", name, "."), ("explain", "h20", name), (name,),
        ("runs-on", name, "."), ("check", name), ("check", "--fail-on", name, "x"), ("sieve", name), ("sieve", broken),
        ("diff", name, name), ("diff", broken, broken), ("history", name), ("signals", name), ("accelerators", name),
        ("help", name), ("scan", f"--{name}"), ("scan", ".", "--format", name), ("scan", ".", "--output", output),
        ("scan", ".", "--baseline", broken), ("scan", ".", "--policy", name), ("scan", ".", "--engine", name),
        ("scan", ".", "--as-of", name), ("scan", ".", "--also", name), ("history", ".", "--state", broken),
        ("history", ".", "--rev", name), ("scan", ".", "--project", name), ("scan", ".", "--fail-on", name),
        ("scan", ".", "--config", name), ("completion", name),
    ):  # fmt: skip
        assert ran(*command).exit_code in {2, 3}, command
    monkeypatch.setenv("CHIPSIEVE_CACHE_DIR", str(tmp_path / name))
    ran("cache", "info", code=0)
    ran("cache", "clear", code=0)


def test_hooks(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    files = [path for path in repository.rglob("*") if path.is_file() and ".git" not in path.parts]
    done = ran("check", "--fail-on", "names:any", "--fail-on", "bf16-training", "--fail-on", "requires", *files, code=1)
    assert "in a name" in done.stdout
    assert done.stderr


@pytest.mark.parametrize(
    "text",
    [
        f"policy = {json.dumps(planted.ADDRESS + '::error::')}",
        f"{json.dumps(planted.VALUE[:60])} = 1",
        "\x1b[1m::error::",
        "[fleet]\n" + json.dumps("\x1b[1m\n::error::") + " = 1",
        "fail-on = ['::error::\x1b[1m']",
        "disable = ['##[error]']",
    ],
)
def test_a_configuration_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    folder = tmp_path / "\n::error::x"
    folder.mkdir()
    (folder / "chipsieve.toml").write_text(text, encoding="utf-8")
    (folder / "train.py").write_text("import torch\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    ran("scan", ".")
    ran("scan", ".", "--no-ignore", code=0)


def test_an_archive(repository: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "##[error]a"), "tar", repository)
    done = ran("scan", tmp_path / "##[error]a.tar", "-v", "-v")
    assert "in a name" in done.stdout


@given(st.text(), st.booleans())
def test_a_harmless_text_stays_so_and_keeps_its_lines(text: str, painted: bool) -> None:
    shown = harmless(text)
    assert planted.faults(shown, tabs=True) == []
    assert harmless(shown) == shown
    assert shown.count("\n") == text.count("\n")
    if painted:
        assert harmless(f"\x1b[1m{shown}\x1b[0m", painted=True) == f"\x1b[1m{shown}\x1b[0m"


@given(st.text("#[]:ab\n ", max_size=9))
def test_json_holds_no_command_and_says_the_same(text: str) -> None:
    assert planted.faults(json_text({text: [text]})) == []
    assert json.loads(json_text({text: [text]})) == {text: [text]}


def test_two_functions_alone_write_to_streams() -> None:
    """What others would write would not pass the escape."""
    writes = re.compile(r"\b(print|echo|secho)\(|std(out|err)\.(write|buffer)|sys\.__std")
    writing = {path.name for path in SOURCES.rglob("*.py") if writes.search(path.read_text(encoding="utf-8"))}
    assert writing == {"screen.py", "standing.py"}
