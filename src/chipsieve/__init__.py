"""chipsieve: which accelerators can this code have been trained on, and which line proves it?"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for true; `typing` has the name too, and takes longer to load than Python
if TYPE_CHECKING:
    from chipsieve.api import render as render
    from chipsieve.api import scan as scan
    from chipsieve.sieve.outcome import Verdict as Verdict

__version__ = "0.1.0"
__all__ = ["Verdict", "__version__", "render", "scan"]

_HOMES = {"Verdict": "chipsieve.sieve.outcome", "render": "chipsieve.api", "scan": "chipsieve.api"}


def __getattr__(name: str) -> object:
    """Import what is public on first use, so that `chipsieve --version` starts quickly."""
    if name not in _HOMES:
        raise AttributeError(f"module 'chipsieve' has no attribute {name!r}; public are {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """What is public, imported or not."""
    return sorted(__all__)
