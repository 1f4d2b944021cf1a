"""What follows from tests that are decided, and from those that are not? An answer is a bool or a condition."""

from __future__ import annotations

from collections.abc import Iterable

from chipsieve.facts.conditions import NEVER, Condition, Every, Not, Question, Some

Answer = bool | Condition
Conditions = tuple[Condition, ...]
HARDWARE = (
    "nvidia-smi", "rocm-smi", "amd-smi", "npu-smi", "hl-smi", "mx-smi", "mthreads-gmi", "cnmon", "xpu-smi",
    "neuron-ls", "ixsmi", "rocminfo", "lspci", "/dev/nvidia", "/dev/kfd", "/dev/davinci", "/dev/accel",
    "/dev/neuron", "nvcc", "uname -m", "torch.cuda",
)  # fmt: skip


def negate(answer: Answer) -> Answer:
    """The opposite answer."""
    if isinstance(answer, bool):
        return not answer
    return answer.condition if isinstance(answer, Not) else Not(answer)


def all_of(answers: Iterable[Answer]) -> Answer:
    """Conjunction: False wins, True drops out."""
    open_ = _open(answers, neutral=True)
    if open_ is None:
        return False
    return True if not open_ else open_[0] if len(open_) == 1 else Every(open_)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Disjunction: True wins, False drops out."""
    open_ = _open(answers, neutral=False)
    if open_ is None:
        return True
    return False if not open_ else open_[0] if len(open_) == 1 else Some(open_)


def _open(answers: Iterable[Answer], *, neutral: bool) -> Conditions | None:
    """The undecided answers without doubles; None when a decided one settles it."""
    undecided: dict[Condition, None] = {}
    for answer in answers:
        if isinstance(answer, bool):
            if answer is not neutral:
                return None
        else:
            undecided[answer] = None
    return tuple(undecided)


def as_conditions(answer: Answer) -> Conditions:
    """The answer as conditions that must all hold: none for True, NEVER for False."""
    if isinstance(answer, bool):
        return () if answer else (NEVER,)
    return answer.conditions if isinstance(answer, Every) else (answer,)


def conjunction(conditions: Conditions) -> Answer:
    """The answer that holds when all conditions do."""
    return False if NEVER in conditions else all_of(conditions)


def question(text: str) -> Question:
    """A test that only a running shell could answer; about hardware where its text names a probe."""
    text = " ".join(text.split())[:200]
    probes = any(probe in text for probe in HARDWARE)
    return Question("hardware" if probes else "unknown", text=text)
