"""Is a file called an archive? By its ending alone, so that nothing which reads archives is loaded to know it."""

from __future__ import annotations

ZIP = ".zip"
TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")


def ending_of(name: str) -> str:
    """The ending by which a file is called an archive, "" for none."""
    return next((ending for ending in (ZIP, *TARS) if name.casefold().endswith(ending)), "")
