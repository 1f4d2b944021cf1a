"""How much is done for one file and one tree at most? Every bound that only an input made for it should meet.

Bounds count work (characters, steps, values, facts), never time, so the same input gives the same report on a busy
machine. Each one that is met is a gap. docs/limits.md explains them; what real repositories need lies far below.
"""

from __future__ import annotations

SECONDS_PER_FILE = 600
"""After so long a reader is stopped: a last resort that no bound below leaves anything to do."""

CHARACTERS = {
    "shell": 1_000_000, "toml": 1_000_000, "ini": 1_000_000, "gin": 1_000_000, "makefile": 1_000_000,
    "justfile": 1_000_000, "dockerfile": 1_000_000, "definition": 1_000_000, "requirements": 1_000_000,
    "prose": 1_000_000, "yaml": 2_000_000, "patch": 1_000_000,
}  # fmt: skip
"""What is read of a text, by language: up to the last whole line. The largest scripts have 290,000 characters."""

LINE = 100_000
"""Characters of one line of a script; a longer one is data."""

STEPS = 150_000
"""Steps of a script that is walked: a step for each command and branch, one more for each CARRIED values it carries."""

CARRIED = 200
"""Values (variables, conditions, parts of words) that a step may carry along."""

CALLS = 8
"""Functions of a script that call each other, within each other; further calls are not walked."""

NESTED = 5
"""Scripts in strings in scripts, within each other."""

UNROLLED = 8
"""Values of a loop's list that are walked one by one; a longer loop is walked once, with a value nobody knows."""

REFUSED = 64
"""Branches of one `if` or `case` that a later one knows not to be taken; further ones are one question together."""

ASSIGNED = 200
"""Assignments of one variable, each under conditions of its own, that are remembered until somebody exports it."""

PIECES = 2_000
"""Parts of a variable's value, of an array's items or of a script's arguments; a longer value is unknown."""

VALUE = 200_000
"""Characters of a variable's value; a longer one is unknown."""

FOLLOWED_PER_SCRIPT = 20_000
"""Commands that are followed from one script on, through all that it sources and runs."""

FOLLOWED_PER_TREE = 50_000
"""Commands that are followed in a tree, and FOLLOWED_PER_COMMAND for each that it holds."""

FOLLOWED_PER_COMMAND = 10
"""How often each command of a tree may be followed on average before a tree counts as one made to be endless."""

DOCUMENTS = 2_000
"""Texts inside one file that are read: here-documents, recipes, blocks of code, steps of a workflow."""

DOCUMENT_CHARACTERS = 20_000_000
"""Characters of them together, each padded with a line's end for every line above it."""

STATED = 20_000
"""Facts that are kept of one file, and as many commands, options, imports and references."""

COMMENTS = 2_000
"""Comments of one file that speak to chipsieve; further ones leave nothing out."""

CLAIMS = 5_000
"""Lines of one file that may name a chip; further ones are left out."""

PARTS = 10
"""Parts of 2,000 characters of one line that may name a chip; further ones are left out."""

GAPS = 1_000
"""Gaps of one file that are listed; the last of them counts the others."""

ENVIRONMENT = 1_000
"""Variables that a script may have in its environment; further ones are not carried into what it starts."""

CONFLICTS = 100
"""Launches of a tree whose evidence cannot all be true and of which the report says why; of more it says only that."""
