"""Which shell lines does this makefile run? Each rule's recipe is one script."""

from __future__ import annotations

import re

from chipsieve.facts.reading import Reading, Source
from chipsieve.facts.vocabulary import Vocabulary
from chipsieve_config.collector import Collector

RECIPE = re.compile(
    r"(?:^\t[^\r\n]*(?:\r?\n|\Z)(?:(?:(?<=\\\n)|(?<=\\\r\n))[^\t\r\n][^\r\n]*(?:\r?\n|\Z))*)+", re.MULTILINE
)
SIGNS = re.compile(r"^\t[ \t]*[@+-]+", re.MULTILINE)
COMMENT = re.compile(r"^[ ]*#[^\r\n]*", re.MULTILINE)
RECIPE_LIMIT = 500  # recipes read in one makefile


def read(source: Source, vocabulary: Vocabulary) -> Reading:
    """Everything the file says; make's own variables stay unknown to the shell."""
    collector = Collector(source, vocabulary, "makefile")
    collector.comments_like(COMMENT)
    recipes = list(RECIPE.finditer(source.text))
    for recipe in recipes[:RECIPE_LIMIT]:
        text = SIGNS.sub(lambda signs: " " * len(signs[0]), recipe[0]).replace("$$", "$")
        collector.shell(text, collector.lines.position(recipe.start())[0])
    if len(recipes) > RECIPE_LIMIT:
        line = collector.lines.position(recipes[RECIPE_LIMIT].start())[0]
        collector.gap(f"more than {RECIPE_LIMIT} recipes: the rest was not read", line)
    return collector.reading()
