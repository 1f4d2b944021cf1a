"""Which findings do the developers ask to leave out? Signals that the configuration disables, and inline comments.

This happens after reading, so readings depend on files alone. What is left out is counted and listed; an analyst's
run (`--no-ignore`) keeps it all, and lists what would have been left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter

from chipsieve.configuration.comments import Comment, comments
from chipsieve.configuration.excludes import glob_for
from chipsieve.configuration.file import Config
from chipsieve.facts.finding import Finding, finding_order
from chipsieve.facts.reading import Gap, Reading
from chipsieve.limits import COMMENTS
from chipsieve.signals import load_signals
from chipsieve.sources.discovery import Discovery
from chipsieve.sources.scan_record import Ignored
from chipsieve.tables import did_you_mean

FIRST = attrgetter("first")
FAULTS = 20  # faulty comments that are reported of one file
SignalAt = tuple[str, str, int]


class Suppressions:
    """What a configuration and a tree's comments ask to leave out, and a record of what that was.

    `ignored` and `notices` are complete once `keeps` was asked of every finding. Unless `config.honour_ignores`, all
    findings are kept.
    """

    def __init__(self, found: Discovery, config: Config) -> None:
        """Take the files that were found; none is opened yet."""
        self.found, self.config = found, config
        self._languages = dict(found.files)
        self._comments: dict[str, tuple[Comment, ...]] = {}
        self._crowded: list[Gap] = []
        self._disabled: set[SignalAt] = set()
        self._ignored: dict[SignalAt, Ignored] = {}
        self._used: set[tuple[str, int, str]] = set()

    def wanted(self, readings: Iterable[Reading]) -> tuple[Reading, ...]:
        """The readings without those of files that are to be left out."""
        return tuple(
            reading
            for reading in readings
            if not (self.config.honour_ignores and glob_for(self.found.tree.folder / reading.path, self.config))
        )

    def keeps(self, item: Finding) -> bool:
        """Whether a finding counts; one that somebody asks to leave out is recorded."""
        return not (self._unwanted(item) and self.config.honour_ignores)

    def _unwanted(self, item: Finding) -> bool:
        """Whether somebody asks to leave a finding out; what it was is recorded."""
        place = (item.signal, item.path, item.span.line)
        if item.signal in self.config.disable:
            self._disabled.add(place)
            return True
        comment = self._comment_on(item)
        if comment is None:
            return False
        self._used.add((item.path, comment.line, item.signal))
        at = f"{item.path}:{comment.line}"
        self._ignored.setdefault(place, Ignored(item, comment.reason, at, overridden=not self.config.honour_ignores))
        return True

    def _comment_on(self, item: Finding) -> Comment | None:
        """The first comment that asks to leave a finding out; a file that has findings is read once for comments."""
        if item.path not in self._comments:
            self._look_at(item.path)
        held, line = self._comments[item.path], item.span.line
        here = held[: bisect_right(held, line, key=FIRST)]
        return next((one for one in here if line <= one.last and item.signal in one.signals), None)

    def _look_at(self, path: str) -> None:
        language = self._languages.get(path, "")
        text = self.found.tree.text(path) if language else ""
        found = comments(text, language) if isinstance(text, str) else ()
        self._comments[path] = found[:COMMENTS]
        if len(found) > COMMENTS:
            reason = f"more than {COMMENTS:,} comments speak to chipsieve: the rest leaves nothing out"
            self._crowded.append(Gap(path, reason, found[COMMENTS].line))

    @property
    def ignored(self) -> tuple[Ignored, ...]:
        """The findings that a comment asks to leave out, by place."""
        return tuple(sorted(self._ignored.values(), key=lambda one: finding_order(one.finding)))

    @property
    def notices(self) -> tuple[Gap, ...]:
        """What was disabled, and what is wrong with the comments that were looked at."""
        notices = [*self._disabled_notices(), *self._crowded]
        for path in self._comments if self.config.honour_ignores else ():
            faults = list(islice(self._faults_in(path), FAULTS + 1))
            more = Gap(path, "more comments are at fault; they are not listed", notice=True)
            notices += faults if len(faults) <= FAULTS else [*faults[:FAULTS], more]
        return tuple(notices)

    def _disabled_notices(self) -> Iterator[Gap]:
        for signal in self.config.disable:
            count = sum(place[0] == signal for place in self._disabled)
            findings = "1 finding" if count == 1 else f"{count} findings"
            done = "left out, for" if self.config.honour_ignores else "counted although"
            if count:
                yield Gap(self.config.where, f"{findings} {done} signal {signal!r} is disabled here", notice=True)

    def _faults_in(self, path: str) -> Iterator[Gap]:
        for comment in self._comments[path]:
            yield from (Gap(path, text, comment.line, notice=True) for text in self._faults(path, comment))

    def _faults(self, path: str, comment: Comment) -> Iterator[str]:
        if not comment.understood:
            yield "comment not understood; write ignore[signal] and a reason after 'chipsieve:'"
        elif not comment.reason:
            yield "comment ignores findings without a reason; write one after the bracket"
        for signal in comment.signals:
            if signal not in load_signals():
                hint = did_you_mean(signal, load_signals()) or "`chipsieve signals` lists them"
                yield f"comment ignores {signal!r}, which is no signal; {hint}"
            elif (path, comment.line, signal) not in self._used and signal not in self.config.disable:
                yield f"comment ignores {signal!r}, which was not found there; take it out"
