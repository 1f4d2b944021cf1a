"""How is a probability said? The seven phrases of ICD 203 (2015), Analytic Standards, section D.6.e(2)(a)."""

from __future__ import annotations

PHRASES = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
)
"""Each phrase, and the probability below which it is said."""

CERTAIN = "almost certain"
LIKELY = 0.55
"""From here on an estimate speaks: below, its sentence says that it is not likely."""


def in_words(probability: float) -> str:
    """The phrase for a probability between 0 and 1."""
    return next((phrase for bound, phrase in PHRASES if probability < bound), CERTAIN)
