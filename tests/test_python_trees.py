"""Do both parsers make the same tree? Python's own is the fast one, LibCST the one that reads newer syntax too."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.facts.places import Lines
from chipsieve_python.syntax_tree import expression_kinds as expr
from chipsieve_python.syntax_tree import from_ast, from_libcst, lexer, parse
from chipsieve_python.syntax_tree import statement_kinds as stmt
from chipsieve_python.syntax_tree.lexer import Unreadable, outline

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path for home in ("src", "plugins", "tests", "fixtures") for path in (ROOT / home).rglob("*.py"))


def shown(node: object) -> object:
    """All that a tree says, with the place and the source of each expression."""
    if isinstance(node, list):
        return [shown(item) for item in node]
    if isinstance(node, expr.Param):  # the parentheses around the only parameter are the function's
        return node.name.value, node.name.start, shown(node.annotation), shown(node.default)
    if not isinstance(node, expr.Node):
        return node
    named = [(name, shown(getattr(node, name))) for name in node.__struct_fields__ if name != "code"]
    return type(node).__name__, named, node.source() if isinstance(node, expr.Expression) else ""


def quick(text: str) -> stmt.Suite | None:
    """The tree that Python's own parser makes, if it can read the text."""
    try:
        return from_ast.parse(text, outline(text))
    except (SyntaxError, ValueError):
        return None


def assert_same(text: str) -> None:
    made = quick(text)
    if made is not None:
        assert shown(made) == shown(from_libcst.parse(text))


def nodes(node: object) -> Iterator[expr.Node]:
    """Every node of a tree, or of a list of trees."""
    if isinstance(node, expr.Node):
        yield node
        for name in node.__struct_fields__:
            yield from nodes(getattr(node, name))
    elif isinstance(node, list):
        for item in node:
            yield from nodes(item)


def test_a_text_parsed_in_parts_has_the_tree_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    divided = 0
    for path in FILES[::5]:
        text = path.read_text(encoding="utf-8", errors="replace")
        whole = quick(text)
        with monkeypatch.context() as patched:
            patched.setattr(lexer, "PART", 100)
            divided += bool(outline(text).borders)
            assert shown(quick(text)) == shown(whole), path
    assert divided > 20


@pytest.mark.parametrize(
    "second", ["else:\n    y\n", "elif b:\n    y\n", "@b\ndef f(): ...\n", "    y\n", "# y\nz\n", "\\\n\nz\n", "y; z\n"]
)
@pytest.mark.parametrize("first", ["if a:\n    x\n", "@a\n", "x = (1,\n2)\n", "s = '''\nx\n'''\n", "x; y\r\n", "# x\n"])
def test_parts_begin_with_whole_statements(first: str, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = first + second + "end\n"
    whole = quick(text)
    monkeypatch.setattr(lexer, "PART", 0)
    assert shown(quick(text)) == shown(whole)


@pytest.mark.slow
@pytest.mark.parametrize("home", ["src", "plugins", "tests", "fixtures"])
def test_both_parsers_make_the_same_tree_of_real_files(home: str) -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in FILES if path.is_relative_to(ROOT / home)]
    for text in texts:
        assert_same(text)
    assert sum(quick(text) is not None for text in texts) > 0.9 * len(texts)


ONE_LINE = """\
x = 1
x: int = (1)
x = y = (yield)
a, *b = c, (d), = (e, f),
x += (a) + (b)
del (a), b
del (a, b)
return (a), (b)
raise A from (B)
assert (a), (b)
import a.b as c, d
from .. import (a, b as c,)
from . import *
from a.b import c
global a, b
pass; x = 1; y = 2;
x = 1; import a; break
(a); (b)
*a, b
...
"doc"
a < (b) < (c) not in d is not e
(a < b) != c
a and (b or c) and d or not e
(a and b) and (c)
f(a)(b)(*c, d, k=(v), *e, **g)
f((a))
f((a), )
f(x for x in (y) if (z))
f((x for x in y))
f(x for x in y)(k=1)
((a)).b[(c)]
a[b, c:d, ::(e)]
a[(b, c)]
a[(b, c), ]
a[()]
[(a), *b, (c, d), ()]
{(a): (b), **c}
{(a), *b}
[a for b, in (c) for d in e if (f) if g]
{a: b async for a, b in c}
(yield)
(yield from (a))
await (a)
lambda: (yield)
lambda a, /, b=(1), *c, d=2, **e: (a)
lambda *, a: a
(a if (b) else c) if d else (e)
(a := (b))
-(a) ** -b % ~c @ d // e << f
1 + 1.5e3 + 0x_ff + 1j - 10**12
'a' "b" '''c''' r'd'
b'a' rb"b"
print(f"{a}", (f"{(b)}"))
f"a{b!r:>{c}}{{d}}" 'e' f"{f(y) + (x)}"
if (a): pass
if a: b; c
while (a): break
for (a), b in (c), d: continue
with (a): pass
with (a), (b) as c: pass
with (a as b, c): pass
with (a, b): pass
with (a) as (b), c.d: pass
with (a).b(): pass
with ((a)): pass
class A(B): pass
class A((B)): pass
class A(B,): pass
class A(B, metaclass=(C), **d): x: (int) = 1
class A(): pass
class A: pass
def f(a): pass
def f(a: (int) = (1), *b: c, d: e = f, **g) -> (h): return
def f(*, a): ...
def f(a, /): ...
async def f(): await a
""".splitlines()
SEVERAL_LINES = """\
("a"
    # why
    "b")

f'''{(x)
 + f(y)} ''' '''
d'''

@(a)
@b.c(d)
# why
class A: pass

x = (  # why
    1,
  )

x = a \\
    + b

x = [
    a,
    (b)  # why
]

try: a
except: b

try: a
except (A, B) as c: d
else: e
finally: f

try: a
except* (A): d

if a: b
elif (c): d
else: e

if a: b
else:
    if c: d

match (a):
    case (1) | "b" "c" | None: pass
    case [a, *b] | {"c": d, **e} as f if (g): pass
    case A(b, c=1): pass
    case a.b: pass
    case -1 + 2j: pass
    case _: pass
"""
STATEMENTS = [*ONE_LINE, *SEVERAL_LINES.split("\n\n")]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_both_parsers_make_the_same_tree_of_every_statement(statement: str) -> None:
    assert quick(f"{statement}\n") is not None
    assert_same(f"{statement}\n")


def test_every_kind_of_node_is_among_the_statements() -> None:
    trees = [made for statement in STATEMENTS if (made := quick(f"{statement}\n")) is not None]
    defined = [kind for module in (expr, stmt) for kind in vars(module).values() if isinstance(kind, type)]
    kinds = {kind for kind in defined if issubclass(kind, expr.Node)}
    found = {type(node) for node in nodes(trees)}
    assert kinds - {expr.Node, expr.Placed, expr.Expression, stmt.SmallStatement} == found


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Statements in blocks, with comments, blank lines and other line ends in between."""
    text, indents = "", [""]
    for statement in draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=8)):
        text += draw(st.sampled_from(["", "\n", "# why\n", " # é(\n", "\f\n", f"{indents[-1]}'é'; a\n"]))
        text += "".join(f"{indents[-1]}{line}\n" for line in statement.rstrip("\n").split("\n"))
        step = draw(st.sampled_from(["stay", "stay", "in", "out"]))
        if step == "in" and len(indents) < 4:
            text += (
                indents[-1]
                + draw(st.sampled_from(["if a:", "def f(): # é", "for x in y:  # why", "class A(B):"]))
                + "\n"
            )
            indents.append(indents[-1] + draw(st.sampled_from([" ", "    ", "\t"])))
            text += f"{indents[-1]}pass\n"
        elif step == "out" and len(indents) > 1:
            indents.pop()
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))


@given(programs())
def test_both_parsers_make_the_same_tree_of_generated_programs(text: str) -> None:
    try:
        assert_same(text)
    except Unreadable:
        assert quick(text) is None


SPACES = st.sampled_from(["", "", "", " ", "\n", " # (\n ", "\\\n", "\t"])


@st.composite
def nested(draw: st.DrawFn, depth: int = 3) -> str:
    """An expression in brackets, with white space, comments and parentheses anywhere."""
    if depth == 0:
        return draw(st.sampled_from(["a", "b.c", "1", "'é'", "f'{(a)}'", "()", "d(x for x in y)"]))
    shapes = ["({})", "[{}, {}]", "({}, {},)", "f({})", "f({}, k={})", "({} and {} or {})", "({} if {} else {})"]
    shapes += ["{{{}: {}}}", "a[{}, {}:{}]", "(x for x in {} if {})", "({} < {} < {})", "({} + {})", "(not {})"]
    shape = draw(st.sampled_from(shapes))
    parts = [f"{draw(SPACES)}{draw(nested(depth - 1))}{draw(SPACES)} " for _ in range(shape.count("{}"))]
    return shape.format(*(f" {part}" for part in parts))


@given(nested())
def test_both_parsers_make_the_same_tree_of_generated_expressions(text: str) -> None:
    assert_same(f"x = {text}\n")


FORMATTED = [
    "a", "b.c", "é", "0", "{", "}", "{{", "}}", "{a}", "{b.c", "{f(x)", "(", ")", "[", "]", "[0]", " ", "+", "-", "*",
    ",", "%", "!r", ":>3", ":", "\\n", "\\N{DASH}", "f(", "if", "not ", "=", ".", '"k"', "{(", "(a)",
    "==", "!=", "lambda ", '{"', ";",
]  # fmt: skip


@given(st.lists(st.sampled_from(FORMATTED), max_size=9).map("".join), st.sampled_from(["f", "Rf", "'' f"]))
def test_both_parsers_make_the_same_tree_of_generated_formatted_strings(text: str, prefix: str) -> None:
    statement = f"x = g({prefix}'{text}', 1)\n"
    try:
        assert_same(statement)
    except Unreadable:
        assert quick(statement) is None


@pytest.mark.parametrize(
    "hole",
    [
        "a.b[0](c, d)[-1]:>10.2f", "x!r", "a + b % c", "a if b else c", "not a", "f(x)(y)", "x!s:{w}", "1", "a, *b",
        "a ,", " a", "a ", "a=", "f( a )", "a[ 0 ]", "f(a , [b, c])", "f(a for a in b if c)", "a.b .c", "a[b,]",
        "f(*a)", "f(a=1)", "(a)", "(a).b", "f((a))", "await x", "yield", "a:%Y-%m-%d", "a is not b", "lambda_",
        'a["k"]', "100 * (a - b):.1f", "(a + b) / (c)", "a[1:2, ::3]", "a == b", "a != b!r", '", ".join(z)',
        "f(x):{w}", "f(a=b)=", "(lambda x: x)(1)", "((a))", "(a, b)", "()", "f((a), *c, **d)", "x[(a)]", "(x := 5)",
        "-a ** -b", "[x for x in (y)]", " {1: 2} ", "é", "a.é", "a: ", "a !r", 'f"x"', "not (a)",
        "f ( a )", "(a)(b)[c]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["f'{%s}'", "f'é{%s}é{b}'", 'fR"""a\n{%s}"""', "'z' f'{%s}' 'z'"])
def test_both_parsers_make_the_same_tree_of_every_hole(hole: str, around: str) -> None:
    assert_same(f"x = {around % hole}\n")


@pytest.mark.parametrize("text", ["é = 1\n", "ﬁ = 1\n", "if a: \\\n b\n", "a; \\\nb\n"])
def test_what_python_tells_too_little_of_is_left_to_libcst(text: str) -> None:
    assert quick(text) is None
    assert shown(parse(text, outline(text)).suite) == shown(from_libcst.parse(text))


@pytest.mark.parametrize("text", ["type A = int\n", "def f[T](x): pass\n", 'f"{x["a"]}"\n'])
def test_syntax_that_only_newer_pythons_know_is_left_to_libcst(text: str) -> None:
    assert quick(text) is None
    assert parse(text, outline(text)).engine == "libcst"


@given(programs())
def test_the_outline_holds_the_comments_and_parentheses_that_python_finds(text: str) -> None:
    unformatted = text.replace("\r\n", "\n").replace("\r", "\n").replace('f"', '"').replace("f'", "'")
    lines, opened, pairs, comments = Lines(unformatted), [], {}, []
    for token in tokenize.generate_tokens(io.StringIO(unformatted).readline):
        at = lines.starts[token.start[0] - 1] + token.start[1]
        if token.type == tokenize.COMMENT:
            comments.append((token.string, at))
        elif token.string == "(":
            opened.append(at)
        elif token.string == ")":
            pairs[at] = opened.pop()
    assert outline(unformatted)[:2] == (tuple(comments), pairs)


def test_an_expression_knows_its_parentheses() -> None:
    made = quick("x = ((e), [f((a)), (b) + c])  # ()\n")
    assert made is not None
    sources = {node.source() for node in nodes(made) if isinstance(node, expr.Name)}
    assert sources == {"x", "(e)", "f", "(a)", "(b)", "c"}
