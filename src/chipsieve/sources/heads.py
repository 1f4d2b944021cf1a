"""Which text is read of a file? Its content, or where its language says so no more than its head."""

from __future__ import annotations

from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import Tree, text_of
from chipsieve.sources.languages import languages


def text_to_read(tree: Tree, path: str, language: str) -> str | Gap:
    """The text of a file that its reader is given, or the gap that stands for it."""
    size = languages().heads.get(language)
    if size is None or tree.size(path) <= size:
        return tree.text(path)
    data = tree.head(path, size)
    return data if isinstance(data, Gap) else text_of(path, data[: data.rfind(b"\n") + 1] or data)


def left_unread(tree: Tree, path: str, language: str) -> tuple[Gap, ...]:
    """The gap of a file of which only the head is read."""
    size, whole = languages().heads.get(language), tree.size(path)
    if size is None or whole <= size:
        return ()
    return (Gap(path, f"a {language} of {whole / 1e6:,.1f} MB: only the first {size / 1e6:g} MB were read", 1),)
