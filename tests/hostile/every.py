"""Which bombs are there? All of them, by name."""

from __future__ import annotations

from hostile import config_bombs, file_bombs, prose_bombs, shell_bombs
from hostile.bombs import BOMBS

__all__ = ["BOMBS"]
KINDS = (shell_bombs, config_bombs, prose_bombs, file_bombs)  # each registers its own
