"""In which formats can a verdict be written? One module per format, each a pure function from Verdict to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

from chipsieve.report.style import Detail, ReadText, SarifLevel, Style
from chipsieve.tables import refuse_other

if TYPE_CHECKING:  # the command line lists the formats, and loads no more than it must
    from chipsieve.sieve.outcome import Verdict
    from chipsieve.signals.signal import Strength

FORMATS: Mapping[str, str] = {
    "text": "chipsieve.report.text",
    "json": "chipsieve.report.json_report",
    "jsonl": "chipsieve.report.jsonl_report",
    "sarif": "chipsieve.report.sarif_report",
    "html": "chipsieve.report.html",
    "markdown": "chipsieve.report.markdown",
    "github": "chipsieve.report.github",
    "csv": "chipsieve.report.accelerators_csv",
    "evidence-csv": "chipsieve.report.evidence_csv",
    "cyclonedx": "chipsieve.report.cyclonedx",
    "spdx": "chipsieve.report.spdx",
}
"""Format name to the module whose `report(verdict, style)` writes it; imported on first use."""


def render(  # noqa: PLR0913  a keyword for each field of Style
    verdict: Verdict,
    format: str,  # noqa: A002  the word the command line uses
    *,
    colour: bool = False,
    width: int = 100,
    detail: Detail = "report",
    read_text: ReadText | None = None,
    sarif_level: SarifLevel = "verdict",
    link_base: str = "",
    min_strength: Strength = "weak",
    command: tuple[str, ...] = (),
) -> str:
    """The verdict as text in one of FORMATS, ending with a newline; same verdict, same text.

    `colour`, `width` (columns) and `detail` concern people's formats; `read_text` gives a file's text by its
    path below the root, for SARIF's fingerprints; `sarif_level` says which findings SARIF holds; `link_base` is where
    an HTML page finds the code; what is weaker than `min_strength` is left out of SARIF and of annotations; `command`
    is what was typed after `chipsieve`, for the report to say.

    Raises:
        chipsieve.tables.TableError: there is no such format.
    """
    refuse_other("format", format, FORMATS)
    report = cast("Callable[[Verdict, Style], str]", import_module(FORMATS[format]).report)
    style = Style(colour, width, detail, read_text, sarif_level, link_base, min_strength, command)
    return report(verdict, style)
