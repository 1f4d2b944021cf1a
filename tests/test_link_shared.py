"""Law: a run reaches what it reaches, whatever other runs of the tree were followed before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve.facts.conditions import Condition, Not, Question
from chipsieve.facts.reading import Function, Import, Reading, Reference
from chipsieve.facts.words import Resolved, written
from chipsieve.link.file_index import FileIndex
from chipsieve.link.reach import Reach, Start
from chipsieve.link.tree_files import TreeFiles
from link_builders import option, span

NAMES = ("a", "b", "c", "d")
CODE = tuple(f"{name}.py" for name in NAMES)
QUESTIONS = (
    *(Question("option", name) for name in NAMES[:2]), Question("variable", "a"), Question("entry"),
    Question("import", "b"), *(Question("call", name) for name in NAMES),
)  # fmt: skip

names = st.sampled_from(NAMES)
questions = st.sampled_from(QUESTIONS)
conditions: st.SearchStrategy[tuple[Condition, ...]] = st.lists(questions | questions.map(Not), max_size=2).map(tuple)
imports = st.builds(Import, names, st.just(span()), conditions=conditions)
references = st.builds(Reference, st.just("c.yaml"), st.just(span()), conditions)
functions = st.builds(
    Function, st.sampled_from(["", "__main__", *NAMES]), st.frozensets(names, max_size=1),
    st.lists(st.tuples(conditions, st.frozensets(names)), max_size=2).map(tuple),
)  # fmt: skip
options = st.builds(option, st.sampled_from(["--a", "--b"]), st.sampled_from(["true", "false"]))
trees = st.tuples(*(
    st.builds(
        Reading, st.just(path), st.just("python"),
        imports=st.lists(imports, max_size=3).map(tuple), references=st.lists(references, max_size=1).map(tuple),
        functions=st.lists(functions, max_size=3, unique_by=lambda function: function.name).map(tuple),
        options=st.lists(options, max_size=1).map(tuple),
    )
    for path in CODE
))  # fmt: skip
words = st.sampled_from(["--a", "--b", "--a=false", "b=true"]).map(lambda text: written(text, "run.sh", span()))
lines = st.lists(words, max_size=2).map(tuple)
environments = st.dictionaries(st.just("a"), st.just(Resolved("1", "run.sh", span())))
starts = st.builds(
    Start,
    st.lists(st.sampled_from([*CODE, "c.yaml", "run.sh"]), min_size=1, max_size=3).map(tuple),
    provided=st.frozensets(names, max_size=1),
    assumed=st.frozensets(questions, max_size=1),
    called=st.frozensets(names, max_size=1),
    choices=st.just(()) | st.just((("c.yaml", "d.py"),)),
    possible=st.just(()) | st.just(("b.py",)),
)


@given(trees, starts, st.lists(starts, max_size=2), st.lists(st.tuples(lines, environments), min_size=2, max_size=6))
def test_runs_reach_what_each_reaches_alone(
    code: tuple[Reading, ...], alike: Start, others: list[Start],
    given_to: list[tuple[tuple[Resolved, ...], dict[str, Resolved]]],
) -> None:  # fmt: skip
    runs = [replace(start, words=line, environment=known) for start in (alike, *others) for line, known in given_to]
    config = Reading("c.yaml", "yaml", options=(option("--b", "true"),))
    index = FileIndex([*code, config, Reading("run.sh", "shell")])
    shared = TreeFiles(index)
    for start in runs:
        assert _reached(Reach(shared, start)) == _reached(Reach(TreeFiles(index), start))


def _reached(reach: Reach) -> tuple[object, ...]:
    configs, code = reach.declaring
    declaring = [reading.path for reading in (*configs, *code)]
    return [*reach.files.items()], reach.live, reach.converged, reach.modules(), declaring
