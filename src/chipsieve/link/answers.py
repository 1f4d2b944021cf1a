"""What does a run know of the questions that its files ask? Each is answered once for as long as the answer stands."""

from __future__ import annotations

from collections.abc import Mapping

from chipsieve.facts.conditions import Question
from chipsieve.facts.deciding import decide, fixed
from chipsieve.facts.ternary import Ternary
from chipsieve.facts.words import Resolved
from chipsieve.link.live_names import needs
from chipsieve.link.memo import InternedQuestion, decided, interned
from chipsieve.link.option_values import OptionValues


class Answers(dict[InternedQuestion, Ternary]):
    """What is known of tests in the files that a run starts from, or in all others.

    The run's environment and the modules that it asks for never change; its options and live names do while its reach
    is looked for, and then what was asked of them is answered anew.
    """

    def __init__(
        self, environment: Mapping[str, Resolved], provided: frozenset[str], options: OptionValues, *, entry: bool
    ) -> None:
        """Answer by an environment, modules that are asked for by name, and options; no name is live yet."""
        super().__init__()
        self._environment, self._provided, self._options, self._entry = environment, provided, options, entry
        self._live: frozenset[str] = frozenset()
        self._of_options: list[InternedQuestion] = []
        self._of_calls: list[InternedQuestion] = []

    def answer_by_options(self, options: OptionValues) -> None:
        """Answer by these options from now on."""
        self._options = options
        for asked in self._of_options:
            self[asked] = self._answered(asked)

    def answer_by_names(self, live: frozenset[str]) -> None:
        """Answer by these live names from now on."""
        self._live = live
        for asked in self._of_calls:
            self[asked] = self._answered(asked)

    def __missing__(self, asked: InternedQuestion) -> Ternary:
        """Answer a question that was not asked before, and note what the answer depends on."""
        if asked.question.subject == "option":
            self._of_options.append(asked)
        elif asked.question.subject == "call":
            self._of_calls.append(asked)
        answer = self[asked] = self._answered(asked)
        return answer

    def answer(self, question: Question) -> Ternary:
        """Whether a question holds."""
        return self[interned(question)]

    def _answered(self, asked: InternedQuestion) -> Ternary:
        question = asked.question
        if question.subject == "option":
            value = self._options.compared(asked.option)
            return None if value is None else decided(asked, value)
        if question.subject == "call":
            return True if self._live.issuperset(needs(question.name)) else None
        if question.subject == "variable":
            word = self._environment.get(question.name)
            return decide(question, word.known_text) if word and not word.conditions else None
        if question.subject == "import":
            return True if question.name.partition(".")[0] in self._provided else None
        return self._entry if question.subject == "entry" else fixed(question)
