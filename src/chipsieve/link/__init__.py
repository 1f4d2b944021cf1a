"""Which runs does this tree start, and what takes effect in each? Readings to launches; sees all readings."""

from __future__ import annotations

from chipsieve.link.launches import as_one, link, loose

__all__ = ["as_one", "link", "loose"]
