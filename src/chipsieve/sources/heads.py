"""Which text is read of a file? Its content, or where its language says so no more than its head."""

from __future__ import annotations

from chipsieve.facts.reading import Gap
from chipsieve.sources.contents import BEGINNING, LFS, POINTER, Tree, text_of
from chipsieve.sources.languages import languages

LENGTH = 8  # bytes that hold the length of a header


def text_to_read(tree: Tree, path: str, language: str) -> str | Gap:
    """The text of a file that its reader is given, or the gap that stands for it."""
    if language in languages().headers:
        return header(tree, path, languages().headers[language])
    size = languages().heads.get(language)
    if size is None or tree.size(path) <= size:
        return tree.text(path)
    data = tree.head(path, size)
    return data if isinstance(data, Gap) else text_of(path, data[: data.rfind(b"\n") + 1] or data)


def header(tree: Tree, path: str, limit: int) -> str | Gap:
    """The header of a safetensors file: a length in 8 bytes, the least significant first, and so many bytes of JSON.

    Whoever wrote the file may lie about the length, so no more is read than `limit` and than there is.
    """
    start = tree.head(path, BEGINNING)
    if isinstance(start, Gap):
        return start
    if start.startswith(LFS):
        return Gap(path, POINTER)
    length = int.from_bytes(start[:LENGTH], "little")
    if len(start) < LENGTH or LENGTH + length > tree.size(path):
        return Gap(path, "its header is longer than the file: cut short, or no safetensors")
    if length > limit:
        return Gap(path, f"its header is longer than {limit / 1e6:g} MB: not read")
    data = tree.head(path, LENGTH + length)
    if isinstance(data, Gap):
        return data
    try:
        return data[LENGTH:].decode()
    except UnicodeDecodeError:
        return Gap(path, "its header is no UTF-8: no safetensors")


def left_unread(tree: Tree, path: str, language: str) -> tuple[Gap, ...]:
    """The gap of a file of which only the head is read."""
    size, whole = languages().heads.get(language), tree.size(path)
    if size is None or whole <= size:
        return ()
    return (Gap(path, f"a {language} of {whole / 1e6:,.1f} MB: only the first {size / 1e6:g} MB were read", 1),)
