"""How does a signal explain itself to SARIF viewers? One rule per signal that fired, and one for the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chipsieve.signals.signal import Signal

HOME = "https://github.com/chipsieve/chipsieve"
VERDICT = "accelerator-verdict"
PRECISION = {"definitive": "very-high", "strong": "high", "weak": "medium"}
LIMIT = 1000  # GitHub takes 1024 characters of a description
METHOD = (
    "chipsieve starts with every accelerator in its catalogue and lets each piece of evidence that takes effect in a "
    "launch exclude those that cannot run it. The steps of this result are the sieve; each names the line that decided."
)


def rule_records(fired: Iterable[str], signals: Mapping[str, Signal]) -> list[dict[str, object]]:
    """The rules of the signals that fired and of the verdict, by id."""
    ids = sorted({*fired, VERDICT})
    return [_verdict_rule() if one == VERDICT else _signal_rule(one, signals.get(one)) for one in ids]


def sentence(text: str) -> str:
    """The text on one line, ending as a sentence does."""
    line = " ".join(text.split())
    return line if line.endswith((".", "!", "?")) else line + "."


def _verdict_rule() -> dict[str, object]:
    return {
        "id": VERDICT,
        "name": "AcceleratorVerdict",
        "shortDescription": {"text": "The accelerators this code can have been trained on."},
        "fullDescription": {"text": METHOD},
        "help": {"text": METHOD, "markdown": METHOD},
        "helpUri": f"{HOME}/blob/main/docs/method.md",
        "defaultConfiguration": {"level": "note"},
        "properties": {"tags": ["chipsieve"], "precision": "high", "problem.severity": "recommendation"},
    }


def _signal_rule(name: str, signal: Signal | None) -> dict[str, object]:
    title = sentence(signal.title if signal else name)
    said = [signal.effect, signal.strength, signal.step] if signal else []
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": title[:LIMIT]},
        "fullDescription": {"text": sentence(signal.why)[:LIMIT] if signal and signal.why else title},
        "help": {"text": _help(signal, title, ""), "markdown": _help(signal, title, "- ")},
        "helpUri": f"{HOME}/blob/main/docs/signals{f'/{name}' if signal else ''}.md",
        "defaultConfiguration": {"level": "note"},
        "properties": {
            "tags": list(dict.fromkeys(["chipsieve", *said])),
            "precision": PRECISION[signal.strength] if signal else "low",
            "problem.severity": "recommendation",
        },
    }


def _help(signal: Signal | None, title: str, bullet: str) -> str:
    """Why the line says something about hardware, known counterexamples, sources; with bullets it is Markdown."""
    if signal is None:
        return title
    parts = [sentence(signal.why or signal.title)]
    known = (*([f"Escape: {signal.escape}."] if signal.escape else []), *signal.caveats)
    for heading, lines in (("Known counterexamples:", known), ("Sources:", signal.references)):
        if lines:
            parts.append("\n".join([heading, *([""] if bullet else []), *(f"{bullet}{line}" for line in lines)]))
    return "\n\n".join(parts)
