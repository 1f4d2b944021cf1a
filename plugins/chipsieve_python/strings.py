"""What do strings say? Files they name, shell scripts the program writes, scheduler requests, names of devices.

A text that begins as a script is one, line by line, and so is one with requests to a scheduler and a command. What
Python fills in is a shell variable of that name to the reader of the script: `--nodes={args.nodes}` becomes
`--nodes=${args_nodes}`, unless the value is known. Only texts between triple quotes keep their lines.
"""

from __future__ import annotations

import re

from chipsieve.commands.schedulers import LONG_NAMES
from chipsieve.facts.claims import claims
from chipsieve.facts.conditions import MENTION, Question, hardware, unknown
from chipsieve.facts.neighbourhood import Neighbourhood
from chipsieve.facts.places import Lines, Span
from chipsieve.facts.reading import Document, Reference
from chipsieve.facts.words import Word
from chipsieve_python.context import Context, Stretch
from chipsieve_python.evaluate import evaluate, text_of
from chipsieve_python.literals import plain_text
from chipsieve_python.scope import Scope
from chipsieve_python.syntax_tree import expression_kinds as expr

FILE = re.compile(r"[\w./\-${}~]*[\w}]\.(json|yaml|yml|toml|gin|sh|py|conf)")
SHEBANG = re.compile(r"\s*#!\s*/\S*(?:sh\b|env\s+(?:-\S+\s+)?(?:ba|z|k)?sh\b)")
SUBMITTED = re.compile(r"^[ \t]*#SBATCH[ \t]", re.MULTILINE)
COMMAND = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)
FIELD = re.compile(r"(?<![${])\{(\w[\w.]*)\}(?!\})|\{\{-?\s*(\w[\w.]*)[^{}]*\}\}|%\((\w+)\)s")
DEVICE_NAME = re.compile(r"(?i)(device|gpu|card)_?name|get_device_name")
DIRECTIVE = re.compile(r"^\s*#SBATCH\s+(?:--([\w-]+)(?:[= ]\s*(\S+))?|-([A-Za-z])\s*(\S+))", re.MULTILINE)
WRITTEN = unknown("job script written by Python")
NOWHERE = Word((), Span(1, 1, 1, 1))


def state_text(node: expr.Expression, here: Context) -> None:
    """State what a string names, and the script or the scheduler's requests that it holds."""
    text = plain_text(node)
    if text and FILE.fullmatch(text):
        here.output.references.append(Reference(text, here.output.span(node), here.conditions))
    if text and here.output.vocabulary.holds("literal", text):
        here.state("literal", "", text, node)
    pieces = node.parts if isinstance(node, expr.FormattedString) else ()
    written = [text or "", *(piece.value for piece in pieces if isinstance(piece, expr.FormattedStringText))]
    if not _script(node, here) and any("#SBATCH" in piece for piece in written):
        _directives(node, here)


def _script(node: expr.Expression, here: Context) -> bool:
    """Keep the text as a script of its own when it is one."""
    text = _script_text(node, here.scope)
    if text is None or not (SHEBANG.match(text) or (SUBMITTED.search(text) and COMMAND.search(text))):
        return False
    conditions = (*here.conditions, WRITTEN)
    here.output.documents.append(Document(NOWHERE, "shell", text, here.output.span(node), conditions))
    return True


def _script_text(node: expr.Expression, scope: Scope) -> str | None:
    if isinstance(node, expr.SimpleString) and len(node.quote) == len('"""'):
        return FIELD.sub(lambda hole: _variable(hole[hole.lastindex or 0]), _plain(node.raw_value))
    if isinstance(node, expr.FormattedString) and len(node.quote) == len('"""'):
        return "".join(_script_part(part, scope) for part in node.parts)
    return None


def _script_part(part: expr.FormattedStringContent, scope: Scope) -> str:
    if isinstance(part, expr.FormattedStringText):
        return _plain(part.value).replace("{{", "{").replace("}}", "}")
    known, written_as = text_of(part.expression, scope), part.expression.source()
    if known is not None and "\n" not in known:
        return known
    return _variable(written_as) + "\n" * written_as.count("\n")


def _variable(name: str) -> str:
    """A shell variable called like a name or an expression of Python or of a template."""
    return "${" + re.sub(r"\W+", "_", name).strip("_") + "}"


def _plain(raw: str) -> str:
    """The text with the one escape that scripts need, the backslash at a line's end."""
    return raw.replace("\\\\", "\\")


def _directives(node: expr.Expression, here: Context) -> None:
    """Scheduler requests in a text that is no whole script; a value with a hole in it is unknown."""
    written = node.code.text[node.start : node.end].replace("\\n", " \n")
    for line in DIRECTIVE.finditer(written):
        name, value = line[1] or LONG_NAMES["slurm"].get(line[3], ""), line[2] or line[4]
        if name and value is not None and "{" not in value and here.asks("directive", name):
            place = (node.start + line.start(), node.start + line.end())
            here.state("directive", name, value.strip("\"'"), place, WRITTEN)


def state_docstring(node: expr.Expression, here: Context) -> None:
    """State what a docstring may claim, line by line."""
    if not here.output.claims:
        return
    text = node.code.text[node.start : node.end]
    neighbourhood, written = Neighbourhood(lines := Lines(text)), here.under(MENTION)
    for start, end in claims(text, here.output.vocabulary):
        place, context = (node.start + start, node.start + end), neighbourhood.prose(lines.position(start)[0])
        written.state("claim", "", text[start:end], place, by="comment", context=context)


def state_device_test(node: expr.Comparison, here: Context) -> None:
    """`"A100" in torch.cuda.get_device_name()` names a chip, and asks which one it is."""
    sides = [node.left, *(target.comparator for target in node.comparisons)]
    if not any(_asks_device_name(side, here) for side in sides):
        return
    test = hardware(node.source())
    for side in sides:
        for item in _members(side):
            text = plain_text(item) or ""
            for start, end in claims(text, here.output.vocabulary):
                content = content_of(item)  # else the whole string is the place
                place = (content[0] + start, content[0] + end) if content else (item.start, item.end)
                here.state("claim", "", text[start:end], place, test, by="device-test")


def _members(node: expr.Expression) -> list[expr.Expression]:
    """What a list, tuple or set holds; another expression by itself."""
    if isinstance(node, expr.COLLECTIONS):
        return [element.value for element in node.elements]
    return [node]


def _asks_device_name(node: expr.Expression, here: Context) -> bool:
    if plain_text(node) is not None:
        return False
    tests = [value.test for _, value in evaluate(node, here.scope)]
    asked = [test.text for test in tests if isinstance(test, Question) and test.subject == "hardware"]
    return any(map(DEVICE_NAME.search, (node.source(), *asked)))


def content_of(node: expr.Expression) -> Stretch | None:
    """Where the text between the quotes stands, if every character stands for itself; else None."""
    if isinstance(node, expr.SimpleString) and node.raw_value == plain_text(node):
        return node.start + len(node.prefix) + len(node.quote), node.start + len(node.value) - len(node.quote)
    return None
