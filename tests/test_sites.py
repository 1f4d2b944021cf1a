"""Do the known machines fit the catalogue and each other, and do their words count where they should?"""

from __future__ import annotations

from collections import defaultdict

import pytest

from chipsieve.catalogue import load_catalogue
from chipsieve.facts.reading import Source
from chipsieve.match.matching import findings
from chipsieve.match.table import default_table
from chipsieve.signals.signal import Row
from chipsieve.signals.site_rows import site_rows
from chipsieve.sites import LEVELS, load_sites, machine_of, read_sites
from chipsieve.tables import TableError
from chipsieve_shell import read

ROW: dict[str, object] = {
    "machine": "Some", "accelerators": ["a40"], "source": "a page", "checked": "2026-11-29", "confidence": "memory",
}  # fmt: skip


def test_each_machine_has_chips_of_the_catalogue_and_words() -> None:
    names = load_catalogue().names
    assert not [site.name for site in load_sites() if not names[site.name]]
    assert not [site.name for site in load_sites() if not any(site.words[level] for level in LEVELS)]


def test_names_are_given_once() -> None:
    names = [site.name for site in load_sites()]
    assert len(names) == len({*names})


def test_no_word_that_counts_alone_is_two_machines() -> None:
    owners: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for site in load_sites():
        for kind, words in site.words["asks"].items():
            for word in words:
                owners[kind, word.casefold()].add(site.name)
    assert not {word: sorted(several) for word, several in owners.items() if len(several) > 1}


def test_shared_words_have_another_word_of_their_machine_to_stand_beside() -> None:
    alone = {machine_of(site.name) for site in load_sites() if site.words["asks"] or site.words["ground"]}
    assert {machine_of(site.name) for site in load_sites() if site.words["asks_beside"]} <= alone


def test_words_of_one_level_are_rows_that_mean_the_machine() -> None:
    row = next(row for row in site_rows("ground") if row.means == "Frontier" and row.kind == "directive")
    assert row == Row(
        kind="directive", names=("output", "error", "chdir"), pattern=r"(?<![\w/.~$-])(?:/lustre/orion/)", by="site",
        means="Frontier",
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"machine": "A: B"}, {"accelerators": []}, {"confidence": "high"}, {"asks": {"path": ["/x/"]}}, {"words": {}},
        {"ground": ["/x/"]},
    ],
)  # fmt: skip
def test_rows_that_say_something_else_are_refused(change: dict[str, object]) -> None:
    assert read_sites({"site": [ROW]})
    with pytest.raises(TableError):
        read_sites({"site": [ROW | change]})


@pytest.mark.parametrize(
    ("script", "named"),
    [
        ("#SBATCH -p gpu-shared\n", []),
        ("#SBATCH -p gpu-shared\ncp /expanse/lustre/x .\n", ["Expanse", "Expanse"]),
        ("#SBATCH -p gpu-shared\n#SBATCH -o /ocean/projects/x/%j\n", ["Bridges-2", "Bridges-2"]),
        ("#SBATCH -p booster\n#SBATCH -p develbooster\n", ["Jülich: Booster", "Jülich: JUWELS Booster"]),
        ("#SBATCH -C 'v100|a100'\n", []),
        ("#$ -l rt_F=0\n", []),
    ],
)
def test_a_shared_word_counts_beside_another_of_its_machine(script: str, named: list[str]) -> None:
    table = default_table()
    found = findings(read(Source("job.sh", "shell", script), table.vocabulary).facts, "job.sh", table)
    assert sorted(item.value for item in found if item.by in ("scheduler", "site")) == named
