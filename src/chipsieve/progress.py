"""How far is a scan? Its phases, and what a caller passes who wants to be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Phase = Literal["reading", "linking", "matching", "judging"]
"""Files are read; launches are put together, asked for signals, and judged."""

Progress = Callable[[Phase, int, int], None]
"""Is called with the phase, how many files or launches are done, and of how many; of 0 while nobody knows."""
