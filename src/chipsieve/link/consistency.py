"""Can a further condition hold beside those that are taken to hold already?"""

from __future__ import annotations

from chipsieve.facts.conditions import Condition, Conditions, Every, Never, Not, Question, Some


class Taken:
    """Conditions that are taken to hold together; asked often, so that each is looked at once."""

    def __init__(self, conditions: Conditions = ()) -> None:
        """Take these conditions to hold."""
        self._held: set[Condition] = set()
        self._opposites: set[Condition] = set()  # of each question among them
        self._values: dict[tuple[str, str], frozenset[str]] = {}
        self._refused: list[frozenset[Condition]] = []  # never all of each together
        self.add(conditions)

    @property
    def held(self) -> frozenset[Condition]:
        """All that is taken to hold, whatever the order in which it was taken."""
        return frozenset(self._held)

    def add(self, conditions: Conditions) -> None:
        """Take further ones to hold."""
        for condition in conditions:
            if isinstance(condition, Every):
                self.add(condition.conditions)
                continue
            self._held.add(condition)
            if isinstance(condition, Question):
                self._opposites.add(Not(condition))
                if condition.operator == "in":
                    self._values[condition.subject, condition.name] = frozenset(condition.values)
            elif isinstance(condition, Not):
                self._opposites.add(condition.condition)
                if isinstance(condition.condition, Every):
                    self._refused.append(frozenset(condition.condition.conditions))

    def copy(self, further: Conditions) -> Taken:
        """These and further ones."""
        other = Taken()
        other._held, other._opposites = set(self._held), set(self._opposites)
        other._values, other._refused = dict(self._values), list(self._refused)
        other.add(further)
        return other

    def contradict(self, conditions: Conditions) -> bool:
        """Whether it can be seen that the conditions never hold beside those that are taken."""
        if not self._opposites.isdisjoint(conditions) or any(map(self._denied, conditions)):
            return True
        return bool(self._refused) and any(map(self._held.union(conditions).issuperset, self._refused))

    def _denied(self, condition: Condition) -> bool:
        if isinstance(condition, Question):
            return condition in self._opposites or self._apart(condition)
        if isinstance(condition, Not):
            whole = condition.condition
            denied = isinstance(whole, Every) and self._held.issuperset(whole.conditions)
            return denied or condition in self._opposites
        if isinstance(condition, Every | Some):
            denials = map(self._denied, condition.conditions)
            return any(denials) if isinstance(condition, Every) else all(denials)
        return isinstance(condition, Never)

    def _apart(self, condition: Condition) -> bool:
        """Whether a variable that is taken to have one value is asked for another."""
        if not isinstance(condition, Question) or condition.operator != "in":
            return False
        values = self._values.get((condition.subject, condition.name))
        if values is None or any("*" in value for value in (*values, *condition.values)):
            return False
        return values.isdisjoint(condition.values)
