"""Which tables does a survey's data set have, and what stands in each column? Schema `chipsieve-survey/1`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

SCHEMA = "chipsieve-survey/1"
Kind = Literal["text", "texts", "day", "whole", "number", "truth"]
KINDS: Mapping[Kind, str] = {
    "text": "string",
    "texts": "list of strings",
    "day": "date",
    "whole": "64-bit integer",
    "number": "double",
    "truth": "boolean",
}
"""What each kind of column is in Parquet."""
Cell = str | list[str] | int | float | bool | None
Record = dict[str, Cell]


class Column(NamedTuple):
    """One column: its name, what kind of value it holds, and what that means."""

    name: str
    kind: Kind
    meaning: str


class TableOf(NamedTuple):
    """One table: what a row of it stands for, and its columns."""

    row: str
    columns: tuple[Column, ...]


WHOSE = Column("repository", "text", "the name of the repository, as the list has it")
LAUNCH = Column("launch", "text", "the id of the launch, `run.sh:12`; its repository beside it makes it unique")
PATH = Column("path", "text", "the file below the repository's root; null where no line shows it")
LINE = Column("line", "whole", "the line in that file")
CONTROLLED = (
    Column("controlled", "texts", "those that certainly were under export control on the day `as_of`, and out by then"),
    Column("uncontrolled", "texts", "those that certainly were not, and were out by then"),
    Column("undecided", "texts", "those that were out by then and of which the catalogue cannot tell"),
)

TABLES: Mapping[str, TableOf] = {
    "repositories": TableOf(
        "a repository of the list",
        (
            WHOSE,
            Column("source", "text", "where it was read: a path, or the address that was cloned"),
            Column("state", "text", "`answered`, or `failed`: then `errors` says why, and the rest is null"),
            Column("digest", "text", "stands for what was read and how: revision or contents, version, options"),
            Column("commit", "text", "the id of the commit that was read; null where there is none"),
            Column("commit_day", "day", "the day of that commit"),
            Column("branch", "text", "the branch that was read"),
            Column("remote", "text", "the public address of the repository"),
            Column("modified", "truth", "whether a file that was read is not as the commit has it; null: not known"),
            Column("as_of", "day", "the day for which it is answered: that of the main launch's last change"),
            Column("version", "text", "the version of chipsieve"),
            Column("catalogue", "day", "the day of the catalogue"),
            Column("policy", "text", "which evidence may exclude"),
            Column("role", "text", "whose launches speak for the repository"),
            Column("main", "text", "the launch that comes first; null where there is none"),
            Column("launches", "whole", "how many launches there are"),
            Column("speaking", "whole", "how many of them speak for the repository and are not silent"),
            Column("possible", "texts", "the accelerators that at least one speaking launch leaves"),
            Column("remaining", "texts", "the accelerators that the main launch leaves"),
            *(
                column._replace(meaning=f"of `remaining`, {column.meaning}")
                for column in CONTROLLED
            ),
            Column("named", "texts", "the families that code or documents name, `H800`"),
            Column("family", "text", "the likeliest family of the estimate; null where there is none"),
            Column("probability", "number", "its probability"),
            Column("words", "text", "the words for that probability"),
            Column("vendors", "texts", "the vendors of whom the repository speaks"),
            Column("files", "whole", "how many files it has"),
            Column("read", "whole", "how many of them were read"),
            Column("sentence", "text", "the paragraph that can be quoted"),
        ),
    ),
    "launches": TableOf(
        "a launch of a repository",
        (
            WHOSE,
            LAUNCH,
            Column("main", "truth", "whether it comes first"),
            Column("speaks", "truth", "whether it is one of those that speak for the repository"),
            Column("silent", "truth", "whether nothing in it says anything of hardware"),
            Column("role", "text", "what it does: pretraining, finetuning, inference …"),
            Column("project", "text", "the folder of the README whose subject it is; empty for the whole tree"),
            Column("entry", "text", "the program that it starts"),
            Column("command", "text", "its command line; what stayed unknown shows as `${NAME}`"),
            Column("as_of", "day", "the day for which it is answered: the repository's"),
            Column("remaining", "texts", "the accelerators that it leaves"),
            *(
                column._replace(meaning=f"of `remaining`, {column.meaning}")
                for column in CONTROLLED
            ),
            Column("techniques", "texts", "the techniques that it shows; `evidence` has their values"),
            Column("sites", "texts", "the clouds and machines of which it speaks"),
            Column("conflict", "truth", "whether its evidence cannot all be true of one accelerator"),
        ),
    ),
    "evidence": TableOf(
        "what a launch of the asked role says by one signal; with `--history` also what was removed since",
        (
            WHOSE,
            Column("launch", "text", "the id of the launch; null for what was removed"),
            Column("signal", "text", "the id of the signal; `chipsieve signals ID` explains it"),
            Column("effect", "text", "`requires`, `prefers`, `technique` or `site`"),
            Column("strength", "text", "`definitive`, `strong` or `weak`"),
            Column("value", "text", "what the line says: a number, a name; empty where the signal says all"),
            Column("standing", "text", "`asserted`, `optional` or `inert`; null for what was removed"),
            Column("weight", "text", "`counts` where it may exclude, else why not; null where it cannot"),
            Column("excluded", "whole", "how many accelerators it excludes at its step"),
            PATH,
            LINE,
            Column("state", "text", "`present`, or `removed`: no file of the tip says it any more"),
            Column("since", "day", "the day of the commit that brought it; null without `--history`"),
            Column("until", "day", "the day of the commit that removed it"),
            Column("removed_by", "text", "the id of that commit"),
        ),
    ),
    "claims": TableOf(
        "a line that names accelerators; with `--history` also those that were removed since",
        (
            WHOSE,
            Column("families", "texts", "the families that it can mean, `H800`; none where these are more than three"),
            Column("accelerators", "texts", "the accelerators that it can mean, by their ids"),
            Column("text", "text", "the name as it stands there"),
            Column("by", "text", "who says it: `prose`, `comment`, `log`, `scheduler`, `code` …"),
            Column("deed", "text", "what is said of it: `trained`, `inference`, `requires` …; null: no sentence"),
            Column("devices", "whole", "how many devices the sentence speaks of"),
            Column("hours", "number", "for how many hours"),
            PATH,
            LINE,
            Column("as_of", "day", "the day for which the repository is answered"),
            Column("state", "text", "`present`, or `removed`: no file of the tip says it any more"),
            Column("since", "day", "the day of the commit that brought it; null without `--history`"),
            Column("until", "day", "the day of the commit that removed it"),
            Column("removed_by", "text", "the id of that commit"),
        ),
    ),
    "estimates": TableOf(
        "a family that a repository was perhaps trained on",
        (
            WHOSE,
            Column("rank", "whole", "1 for the likeliest"),
            Column("family", "text", "what people call it, `H800`"),
            Column("probability", "number", "how likely it is"),
            Column("words", "text", "the words for that probability"),
            Column("accelerators", "texts", "those of the family on which the project can run"),
            Column("controlled", "text", "`controlled`, `not controlled`, `partly`, `unknown`, `not out` by `as_of`"),
            Column("as_of", "day", "the day for which it is answered"),
            Column("because", "texts", "the lines for and against it, each with its weight"),
        ),
    ),
    "gaps": TableOf(
        "what could not be read or followed",
        (
            WHOSE,
            PATH,
            LINE,
            Column("reason", "text", "why"),
            Column("notice", "truth", "whether it only says how something was read, and nothing is missing"),
        ),
    ),
    "errors": TableOf(
        "a repository that could not be answered",
        (
            WHOSE,
            Column("kind", "text", "`time`, `memory`, `crash`, `worker`, `clone`, `missing`, `refused` or `internal`"),
            Column("message", "text", "what happened"),
        ),
    ),
    "changes": TableOf(
        "what came or went in a repository since the last run; only with `--state`",
        (
            WHOSE,
            Column("change", "text", "`came`, `went` or `changed`"),
            Column("what", "text", "`repository`, `answer`, `evidence`, `name`, `excluded`, `family`, `main` …"),
            Column("value", "text", "which: a signal with its value, a name, an accelerator, a family"),
            PATH,
            LINE,
            Column("was", "text", "what it was, of what changed"),
            Column("now", "text", "what it is"),
        ),
    ),
}  # fmt: skip
"""Every table by its name, in the order in which they are documented; each row begins with its repository."""
OF_ANSWERS = tuple(name for name in TABLES if name != "changes")
"""The tables that an answer on one repository has rows for."""
