"""Which shell scripts does the program write? A text that begins as a script does is one, line by line.

What Python fills in is a shell variable of that name to the reader of the script: `--nodes={args.nodes}` becomes
`--nodes=${args_nodes}`, unless the value is known. Only texts between triple quotes keep their lines.
"""

from __future__ import annotations

import re
from functools import partial

from chipsieve.facts.places import Span
from chipsieve.facts.reading import Document
from chipsieve.facts.words import Word
from chipsieve_python import tree
from chipsieve_python.evaluate import text_of
from chipsieve_python.hits import Found, Place
from chipsieve_python.scope import Scope
from chipsieve_python.walk import Walk
from chipsieve_python.words import WRITTEN

SHEBANG = re.compile(r"\s*#!\s*/\S*(?:sh\b|env\s+(?:-\S+\s+)?(?:ba|z|k)?sh\b)")
FIELD = re.compile(r"(?<![${])\{(\w+)\}(?!\})")
NOWHERE = Word((), Span(1, 1, 1, 1))


def written(walk: Walk, node: tree.Expression) -> bool:
    """Keep the text as a script of its own when it is one."""
    text = _text(node, walk.scope)
    if text is None or not SHEBANG.match(text):
        return False
    conditions = (*walk.conditions, WRITTEN)
    walk.documents.append(Found(Place(node), partial(Document, NOWHERE, "shell", text, conditions=conditions)))
    return True


def _text(node: tree.Expression, scope: Scope) -> str | None:
    if isinstance(node, tree.SimpleString) and len(node.quote) == len('"""'):
        return FIELD.sub(r"${\1}", _plain(node.raw_value))
    if isinstance(node, tree.FormattedString) and len(node.quote) == len('"""'):
        return "".join(_part(part, scope) for part in node.parts)
    return None


def _part(part: tree.FormattedStringContent, scope: Scope) -> str:
    if isinstance(part, tree.FormattedStringText):
        return _plain(part.value).replace("{{", "{").replace("}}", "}")
    known, written_as = text_of(part.expression, scope), part.expression.source()
    if known is not None and "\n" not in known:
        return known
    return "${" + re.sub(r"\W+", "_", written_as).strip("_") + "}" + "\n" * written_as.count("\n")


def _plain(raw: str) -> str:
    """The text with the one escape that scripts need, the backslash at a line's end."""
    return raw.replace("\\\\", "\\")
