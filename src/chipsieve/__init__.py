"""chipsieve: which accelerators can this code have been trained on, and which line proves it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chipsieve.api import scan as scan
    from chipsieve.sieve.outcome import Verdict as Verdict

__version__ = "0.1.0"
__all__ = ["Verdict", "__version__", "scan"]


def __getattr__(name: str) -> object:
    """Import `scan` and `Verdict` on first use, so that `chipsieve --version` starts quickly."""
    if name == "scan":
        from chipsieve.api import scan

        return scan
    if name == "Verdict":
        from chipsieve.sieve.outcome import Verdict

        return Verdict
    raise AttributeError(f"module 'chipsieve' has no attribute {name!r}")
