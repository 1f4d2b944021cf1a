"""Which formats has a repository's history? Each is written by one module."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line lists the formats, and loads no more than it must
    from chipsieve.report.style import Style
    from chipsieve.timeline.life import History

FORMATS = {
    "text": ("chipsieve.report.timeline_text", "as_text"),
    "json": ("chipsieve.report.timeline_records", "as_json"),
    "jsonl": ("chipsieve.report.timeline_records", "as_jsonl"),
    "sarif": ("chipsieve.report.timeline_sarif", "as_sarif"),
    "html": ("chipsieve.report.timeline_page", "as_page"),
    "markdown": ("chipsieve.report.timeline_text", "as_markdown"),
    "csv": ("chipsieve.report.timeline_records", "as_sheet"),
}
"""Format name to the module and the function in it that writes it; imported on first use."""


def render_history(history: History, form: str, style: Style) -> str:
    """The history in one of the formats.

    Raises:
        KeyError: there is no such format.
    """
    module, function = FORMATS[form]
    written: str = getattr(import_module(module), function)(history, style)
    return written
