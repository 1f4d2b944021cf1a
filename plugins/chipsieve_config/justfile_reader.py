"""Which shell lines does this justfile run? Each recipe is one script, with the variables that just fills in.

Source: "Just Programmer's Manual" (variables, string literals, recipe parameters, shebang recipes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.relocation import Stretch
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve.facts.words import Word
from chipsieve_config.collector import COMMENT_LINE, Collector
from chipsieve_config.config_tree import Scalar
from chipsieve_config.makefile_variables import Values, Variables
from chipsieve_config.workload import word

ASSIGNMENT = re.compile(
    r"^(?P<export>export[ \t]+)?(?P<name>[A-Za-z_][\w-]*)[ \t]*:=[ \t]*(?P<value>[^\r\n]*)", re.MULTILINE
)
RECIPE = re.compile(
    r"^@?(?P<name>[A-Za-z_][\w-]*)(?P<parameters>[^\r\n:]*(?:(?:'[^'\r\n]*'|\"[^\"\r\n]*\")[^\r\n:]*)*):(?!=)[^\r\n]*(?:\r?\n|\Z)"
    r"(?P<body>(?:[ \t]+[^\r\n]*(?:\r?\n|\Z)|[ \t]*\r?\n)+)",
    re.MULTILINE,
)
PARAMETER = re.compile(r"(?P<name>[A-Za-z_][\w-]*)(?:[ \t]*=[ \t]*(?P<value>'[^'\r\n]*'|\"[^\"\r\n]*\"|[\w-]+))?")
INSERTED = re.compile(r"\{\{\{\{|\{\{(?P<expression>[^{}\r\n]*)\}\}|\$")
TOKEN = re.compile(
    r"[ \t]*(?:'(?P<raw>[^']*)'|\"(?P<cooked>[^\"\\]*)\"|(?P<name>[A-Za-z_][\w-]*)(?![\w(-])|(?P<sign>[+/]))"
)
SIGNS = re.compile(r"^([ \t]+)[@-]+", re.MULTILINE)
OTHER_INTERPRETER = re.compile(r"\s*#!(?![^\r\n]*sh\b)")
RECIPE_LIMIT = 500  # recipes read in one justfile


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; an expression that nobody can work out stays unknown to the shell."""
    collector = Collector(source, vocabulary, "justfile")
    collector.comments_like(COMMENT_LINE)
    whole = Stretch(source.text, tuple(range(len(source.text))))
    variables, environment = Variables(), list[tuple[str, Word]]()
    for found in ASSIGNMENT.finditer(source.text):
        value = _expression(whole.cut(*found.span("value")))
        variables.assign(found["name"], "=", value)
        if found["export"]:
            environment += _exported(collector, variables, found)
    recipes = list(RECIPE.finditer(source.text))
    for recipe in recipes[:RECIPE_LIMIT]:
        _recipe(collector, variables, recipe, tuple(environment), whole)
    if len(recipes) > RECIPE_LIMIT:
        line = collector.lines.position(recipes[RECIPE_LIMIT].start())[0]
        collector.gap(f"more than {RECIPE_LIMIT} recipes: the rest was not read", line)
    return collector.reading()


def _exported(collector: Collector, variables: Variables, found: re.Match[str]) -> Iterator[tuple[str, Word]]:
    place = found.span("value")
    for _, value in variables.values(found["name"]):
        scalar = Scalar(value.text, *place)
        collector.state("env", found["name"], scalar.known, *place)
        yield found["name"], word(collector, scalar)


def _recipe(
    collector: Collector, variables: Variables, recipe: re.Match[str], environment: tuple[tuple[str, Word], ...],
    whole: Stretch,
) -> None:  # fmt: skip
    """Record a recipe as a script, unless another program than a shell runs it."""
    if OTHER_INTERPRETER.match(recipe["body"]):
        return
    body = SIGNS.sub(lambda signs: signs[0].replace("@", " ").replace("-", " "), recipe["body"])
    text = _in_form_of_make(Stretch(body, whole.offsets[slice(*recipe.span("body"))]))
    line = collector.lines.position(recipe.start("body"))[0]
    for conditions, filled in variables.filled(text, _parameters(recipe, whole)):
        collector.shell(filled.text, line, conditions, environment, offsets=filled.offsets)


def _parameters(recipe: re.Match[str], whole: Stretch) -> dict[str, Values]:
    """The parameters that have a default."""
    given: dict[str, Values] = {}
    for found in PARAMETER.finditer(recipe["parameters"]):
        start, end = found.span("value")
        if start >= 0:
            at = recipe.start("parameters")
            given[found["name"]] = (((), _expression(whole.cut(at + start, at + end))),)
    return given


def _in_form_of_make(text: Stretch) -> Stretch:
    """The text with its insertions as make writes them, `$(name)`, and the shell's own `$` doubled."""
    pieces, at = [], 0
    for found in INSERTED.finditer(text.text):
        between = text.cut(at, found.start())
        place = text.offsets[found.start()]
        if found["expression"] is not None:
            pieces += [between, _expression(text.cut(*found.span("expression")), place)]
        else:
            sign = "$$" if found[0] == "$" else "{{"
            pieces += [between, Stretch(sign, (place,) * len(sign))]
        at = found.end()
    return Stretch().joined(*pieces, text.cut(at))


def _expression(text: Stretch, place: int | None = None) -> Stretch:
    """Strings, variables, and the two joined by `+` or `/`, in the form of make; all else is an unknown variable."""
    pieces, at, content = [], 0, text.text.rstrip()
    begin = text.offsets[0] if text.offsets and place is None else place or 0
    while at < len(content):
        token = TOKEN.match(content, at)
        if token is None:
            return _reference(content, begin)
        kind = token.lastgroup or "sign"
        if kind == "name":
            pieces.append(_reference(token["name"], begin))
        elif kind in ("raw", "cooked"):
            string = text.cut(*token.span(kind))
            pieces.append(_in_form_of_make(string))
        elif token["sign"] == "/":
            pieces.append(Stretch("/", (begin,)))
        at = token.end()
    return Stretch().joined(*pieces)


def _reference(name: str, place: int) -> Stretch:
    text = "$(" + re.sub(r"[()]", "_", name.strip()) + ")"
    return Stretch(text, (place,) * len(text))
