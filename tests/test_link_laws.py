"""Do the indices of the link say what their plain definitions say, whatever the tree?"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from chipsieve.facts.conditions import ALWAYS, Condition, Every, Not, Question, Some
from chipsieve.facts.deciding import all_hold, can_be
from chipsieve.facts.reading import Function, Reading
from chipsieve.facts.ternary import Ternary
from chipsieve.link.file_index import FileIndex
from chipsieve.link.live_names import HOOKS, Calls, by_needed_name, live_names
from chipsieve.link.memo import AnsweredOnce, InternedQuestion

names = st.sampled_from(["a", "b", "c"])
folders = st.lists(names, max_size=4).map("/".join)
files = st.sampled_from(["a.py", "b.py", "__init__.py", "__main__.py", "run.sh"])
paths = st.builds(posixpath.join, folders, files)
trees = st.lists(paths, max_size=12).map(lambda found: FileIndex(Reading(path) for path in found))
bases = st.sampled_from(["", ".", "a", "b/c", "./a/../b", "..", "/a"])

tests: st.SearchStrategy[Condition] = st.sampled_from([
    Question("option", "a"), Question("option", "b"), Question("import", "c"), Question("call", "d"), Question("entry"),
    Question("call", "a"), Question("hardware"), Question("unknown"), Question("mention"), ALWAYS,
])  # fmt: skip
conditions: st.SearchStrategy[Condition] = st.recursive(
    tests,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(Every, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Some, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
several = st.lists(st.lists(conditions, max_size=3).map(tuple), max_size=4)
answers: st.SearchStrategy[Ternary] = st.sampled_from([True, False, None])
certain: st.SearchStrategy[Ternary] = st.sampled_from([True, None])


class Known:
    """What some run knows of tests."""

    def __init__(self, options: Mapping[str, Ternary], happens: Ternary, *, entry: bool) -> None:
        """Take the answers to tests on options, to whether something happens, and to whether the file is run."""
        self._options, self._happens, self._entry = options, happens, entry

    def answer(self, test: Question) -> Ternary:
        """The answer to a question; None when nobody can tell."""
        by_subject = {"option": self._options.get(test.name), "entry": self._entry, "mention": False}
        return self._happens if test.subject in ("import", "call") else by_subject.get(test.subject)

    def __getitem__(self, asked: InternedQuestion) -> Ternary:
        """The answer to a question that is looked up."""
        return self.answer(asked.question)


contexts = st.builds(Known, st.dictionaries(names, answers), certain, entry=st.booleans())
functions = st.lists(
    st.builds(
        Function,
        st.lists(st.sampled_from(["a", "b", "c", "forward", "__init__"]), max_size=3).map(".".join)
        | st.just("__main__"),
        st.frozensets(names, max_size=2).map(tuple),
        st.lists(
            st.tuples(st.lists(conditions, max_size=2).map(tuple), st.frozensets(names).map(tuple)), max_size=2
        ).map(tuple),
    ),
    max_size=6,
    unique_by=lambda function: function.name,
)


@given(trees, st.builds(posixpath.join, folders, files), folders | bases)
def test_a_file_is_found_by_its_longest_ending_nearest_to_the_base(tree: FileIndex, text: str, near: str) -> None:
    parts = text.split("/")
    endings = ["/".join(parts[start:]) for start in range(len(parts))]
    fits = [[path for path in tree.readings if f"/{path}".endswith(f"/{ending}")] for ending in endings]
    longest = next(filter(None, fits), [])
    sharing = [len([part for part in _common(near, path).split("/") if part]) for path in longest]
    nearest = [path for path, shared in zip(longest, sharing, strict=True) if shared == max(sharing)]
    at_root = parts[-1] if parts[-1] in longest else None
    assert tree.find(f"/elsewhere/{text}", (near,)) == (nearest[0] if len(nearest) == 1 else at_root)


def _common(near: str, path: str) -> str:
    return posixpath.commonpath([f"/{near}", f"/{path}"])


@given(trees, st.lists(names, min_size=1, max_size=3), st.lists(bases, max_size=3))
def test_a_module_is_the_first_of_its_files_seen_from_each_base(
    tree: FileIndex, name: list[str], seen: list[str]
) -> None:
    stem = "/".join(name)
    endings = (f"{stem}.py", f"{stem}/__main__.py", f"{stem}/__init__.py")
    places = [posixpath.normpath(posixpath.join(base, ending)) for base in seen for ending in endings]
    assert tree.module(".".join(name), seen) == next((path for path in places if path in tree.readings), None)


@given(several, st.lists(contexts, max_size=12))
def test_what_follows_from_conditions_is_what_they_answer(
    lists: list[tuple[Condition, ...]], runs: list[Known]
) -> None:
    settled = AnsweredOnce(lists, tuple)
    for run in runs:
        assert settled.under(run) == tuple(all_hold(conditions, run) for conditions in lists)


@given(conditions, contexts)
def test_a_condition_never_answers_what_it_may_not(condition: Condition, run: Known) -> None:
    answer = all_hold([condition], run)
    assert answer is None or can_be(condition, answer=answer)


@given(st.lists(functions, max_size=3), st.lists(functions, max_size=2), contexts)
def test_names_are_live_where_something_live_mentions_them(
    loaded: list[list[Function]], run: list[list[Function]], known: Known
) -> None:
    files = {f"{number}.py": Calls(several) for number, several in enumerate((*loaded, *run))}
    bodies = {path: calls.answered.under(known) for path, calls in files.items()}
    mentioned = [one.loaded if number < len(loaded) else one.run for number, one in enumerate(bodies.values())]
    found = live_names(mentioned, bodies, by_needed_name(files))
    ours = [function for several in (*loaded, *run) for function in several]
    started = [function for function in ours if function.name == ""]
    started += [function for several in run for function in several if function.name == "__main__"]
    live: set[str] = set()
    for _ in range(len(ours) + 1):
        called = [function for function in ours if function.name not in ("", "__main__") and _called(function, live)]
        live |= {name for function in started + called for name in _mentioned(function, known, live)}
    assert found == live


def _called(function: Function, live: set[str]) -> bool:
    first, *rest = function.name.split(".")
    return first in live and all(part in live or part in HOOKS or part == "__init__" for part in rest)


def _mentioned(function: Function, known: Known, live: set[str]) -> set[str]:
    """What a function mentions; what it hands over is called where those to whom it does are live."""
    handed = [
        (given, names) for given, names in function.guarded
        if function.name != "__main__" and given and all(getattr(one, "subject", "") == "call" for one in given)
    ]  # fmt: skip
    taken = [names for given, names in handed if {one.name for one in given if isinstance(one, Question)} <= live]
    others = [group for group in function.guarded if group not in handed]
    return set(function.mentions).union(*taken, *(names for given, names in others if all_hold(given, known) is True))
