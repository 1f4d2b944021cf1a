"""Which formats has a repository's history? Each is written by one module."""

from __future__ import annotations

from importlib import import_module

from chipsieve.report.style import Style
from chipsieve.timeline.life import History

FORMATS = {
    "text": "timeline_text:as_text",
    "json": "timeline_records:as_json",
    "jsonl": "timeline_records:as_jsonl",
    "sarif": "timeline_sarif:as_sarif",
    "html": "timeline_page:as_page",
    "markdown": "timeline_text:as_markdown",
    "csv": "timeline_records:as_sheet",
}


def render_history(history: History, form: str, style: Style) -> str:
    """The history in one of the formats.

    Raises:
        KeyError: there is no such format.
    """
    module, _, function = FORMATS[form].partition(":")
    written: str = getattr(import_module(f"chipsieve.report.{module}"), function)(history, style)
    return written
