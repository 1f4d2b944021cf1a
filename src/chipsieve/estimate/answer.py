"""What does the estimate answer? Families of chips with probabilities, their words, and the lines for and against."""

from __future__ import annotations

import msgspec


class Because(msgspec.Struct, frozen=True):
    """One premise on a family: its place (`path:line`, None where no line shows it), what it says, its kind and weight.

    The weight is what it adds to the logarithm of the family's odds; one below 0 speaks against it.
    """

    at: str | None
    says: str
    kind: str
    weight: float


class FamilyEstimate(msgspec.Struct, frozen=True):
    """How likely a family is: a probability, the words for it (ICD 203), and why.

    `accelerators` are the ids of its chips on which the project can run.
    """

    family: str
    name: str
    accelerators: tuple[str, ...]
    probability: float
    words: str
    because: tuple[Because, ...]


class Estimate(msgspec.Struct, frozen=True):
    """Which accelerators the authors of a project most likely used.

    `families` are those with a probability worth telling, the likeliest first; `none_of_these` is what is left, the
    probability that no accelerator was used, `no_accelerator`, in it. `basis` says what the weights were fitted to.
    """

    project: str
    families: tuple[FamilyEstimate, ...]
    none_of_these: float
    no_accelerator: float
    basis: str

    @property
    def first(self) -> FamilyEstimate | None:
        """The likeliest family; None where there is none."""
        return self.families[0] if self.families else None

    def of(self, accelerator: str) -> FamilyEstimate | None:
        """The family of an accelerator, by its id; None where the estimate leaves it out."""
        return next((one for one in self.families if accelerator in one.accelerators), None)
