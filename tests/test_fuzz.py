"""Do the doors hold that `make fuzz` tries? On their seeds, and on each input that once broke one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from chipsieve.facts.places import Span
from chipsieve.facts.reading import Fact, Gap, Reading
from fuzz.answering import SEEDS, answers
from fuzz.reading_laws import BrokenLaw, check_readings, check_shown, plain
from fuzz.seeds import seeds
from fuzz.targets import targets

CRASHES = Path(__file__).parent / "fuzz" / "crashes"
KEPT = sorted(path for path in CRASHES.rglob("*") if path.is_file())
FEW = 12  # seeds of a target that whole trees are read for
SLOW = ("tree", "sarif", "report")


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.relative_to(CRASHES).as_posix())
def test_what_once_broke_a_reader_does_not_any_more(path: Path) -> None:
    targets()[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", [name for name in targets() if name not in SLOW])
def test_the_laws_hold_for_the_seeds(name: str) -> None:
    assert seeds(name)
    for seed in seeds(name)[:: 1 + len(seeds(name)) // 100]:
        targets()[name](seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_the_laws_hold_for_the_seeds_made_of_trees(name: str) -> None:
    for seed in seeds(name)[:FEW]:
        targets()[name](seed)


@pytest.mark.slow
def test_the_same_bytes_give_the_same_facts_in_every_process() -> None:
    assert len(answers(SEEDS, "python", "shell", "notebook", "yaml", "template")) == 1


GOOD = Fact("flag", "--bf16", "true", Span(1, 3, 1, 9))
BROKEN: dict[str, Callable[[Reading], Reading]] = {
    "a failed reader": lambda one: replace(one, gaps=(Gap("a", "the shell reader failed: KeyError: 1"),)),
    "a gap below the text": lambda one: replace(one, gaps=(Gap("a", "x", 3),)),
    "a fact below the text": lambda one: replace(one, facts=(replace(GOOD, span=Span(3, 1, 3, 1)),)),
    "a fact beside the text": lambda one: replace(one, facts=(replace(GOOD, span=Span(1, 3, 1, 11)),)),
    "a fact that ends before it begins": lambda one: replace(one, facts=(replace(GOOD, span=Span(1, 3, 1, 2)),)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_law_is_seen(name: str) -> None:
    good = Reading("a", "shell", (GOOD,), gaps=(Gap("a", "not read", 2),))
    check_readings("a --bf16\n", [good])
    with pytest.raises(BrokenLaw):
        check_readings("a --bf16\n", [BROKEN[name](good)])


def test_a_text_that_is_not_escaped_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    fact = plain([replace(GOOD, value="\xad ##[error]\u200b")])
    check_shown(fact)
    monkeypatch.setattr("fuzz.reading_laws.visible", str)
    with pytest.raises(BrokenLaw):
        check_shown(fact)
