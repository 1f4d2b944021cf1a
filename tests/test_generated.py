"""Are the generated pages fresh, and do they say what their source says?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from chipsieve.cli import main as command
from chipsieve.reference.predicate_words import in_words
from chipsieve.signals import load_signals
from generate_docs import cli_page, json_page, pages, schema_of, signal_pages, stale
from schema_page import sections


def test_pages_are_fresh() -> None:
    assert stale() == [], "run ./dev docs"


def test_a_changed_page_is_stale(tmp_path: Path) -> None:
    for path, text in pages().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    assert stale(tmp_path) == []
    changed = tmp_path / "docs/cli.md"
    changed.write_bytes(changed.read_bytes().rstrip(b"\n"))
    assert stale(tmp_path) == ["docs/cli.md"]


def test_every_field_of_the_json_report_is_explained() -> None:
    schema = schema_of("chipsieve-2")
    rows = {(name, row[0]): row for name, _, several in sections(schema) for row in several}
    assert all(kind and meaning for _, kind, meaning in rows.values())
    assert rows["launch", "`files`"][1] == "list of [number](#number)"
    assert rows["estimate", "`families[].because[].at`"][1] == "[at](#at) or null"
    assert rows["repository", "`commit.day`"][1] == "[day](#day)"
    assert rows["conflict", "`disagreeing`"][1] == "list of list of [cut](#cut)"
    assert rows["premise", "`date: day`"][2] == "The day, as `2024-11-05`."
    assert rows["cut", "`escape`"][2].endswith(" Not always there.")
    page = json_page("", schema)
    assert all(f"| {field} |" in page for _, field in rows)


def test_every_signal_has_a_page_and_a_line_in_the_index() -> None:
    written = signal_pages(load_signals())
    linked = re.findall(r"^- \[([\w-]+)\]\(signals/\1\.md\): ", written["docs/signals.md"], re.MULTILINE)
    assert sorted(linked) == sorted(load_signals())
    assert written.keys() == {"docs/signals.md", *(f"docs/signals/{name}.md" for name in load_signals())}


def test_the_page_of_a_signal_that_is_gone_is_stale(tmp_path: Path) -> None:
    for path, text in pages().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    (tmp_path / "docs/signals/gone.md").write_text("# gone\n", encoding="utf-8")
    assert stale(tmp_path) == ["docs/signals/gone.md"]


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        ({"vendor": "nvidia"}, "`vendor` is `nvidia`"),
        ({"vendor": ["amd", "intel"], "nvlink": False}, "`vendor` is `amd` or `intel` and `nvlink` is false"),
        ({"memory_gb_at_least": 80}, "`memory_gb` is at least 80"),
        ({"target_at_least": "sm_89"}, "compute capability is 8.9 or higher (binds NVIDIA alone)"),
        ({"targets": "$value"}, "code built for what was seen runs"),
        ({"named": "$value"}, "what was seen is one of their names"),
        ({"any": [{"id": "a"}, {"id": "b", "hbm": True}]}, "`id` is `a` or (`id` is `b` and `hbm` is true)"),
        ({"hbm": True, "any": [{"id": "a"}, {"id": "b"}]}, "`hbm` is true and (`id` is `a` or `id` is `b`)"),
    ],
)
def test_predicates_in_words(predicate: Mapping[str, object], words: str) -> None:
    assert in_words(predicate) == words


def test_command_page_names_commands_and_options() -> None:
    @click.group(context_settings={"help_option_names": ["-h", "--help"]})
    def top() -> None:
        """The top."""

    @top.command()
    @click.argument("path")
    @click.option("--policy", type=click.Choice(["a", "b"]), help="Which one.")
    def scan(path: str, policy: str) -> None:
        """Scan it.

        \b
        kept
          as is
        """

    page = cli_page(top, "tool")
    assert "## tool scan\n\n```\ntool scan [OPTIONS] PATH\n```\n\nScan it.\n\n```\nkept\n  as is\n```" in page
    assert "- `--policy [a|b]`: Which one." in page
    assert page.count("- `-h, --help`: ") == 2


def test_every_option_has_help() -> None:
    silent = [
        f"{name} {option.name}"
        for name, found in _commands("chipsieve", command)
        for option in found.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


def _commands(name: str, found: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, found
    for below, inner in getattr(found, "commands", {}).items():
        yield from _commands(f"{name} {below}", inner)
