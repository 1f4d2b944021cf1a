"""Does the count of what tests find count right? Small results, and shares worked out elsewhere."""

from __future__ import annotations

import pytest

from mutation import Results, interval, sample, table

TRIED: Results = {
    "chipsieve.sieve.proof.x_a__mutmut_1": 1,
    "chipsieve.sieve.proof.x_a__mutmut_2": 0,  # every test passes
    "chipsieve.sieve.proof.x_a__mutmut_3": 33,  # no test comes there
    "chipsieve.match.table.x_b__mutmut_1": 1,
}


def test_the_score_is_by_module_and_what_no_test_reaches_counts_against_it() -> None:
    assert list(table(TRIED))[2:] == [
        "| `match/table.py` | 1 | 1 | 100.0 % |",
        "| `sieve/proof.py` | 3 | 1 | 33.3 % |",
        "| together | 4 | 2 | 50.0 % |",
    ]


@pytest.mark.parametrize(("found", "tried", "low", "high"), [(81, 263, 25.5, 36.6), (10, 10, 72.2, 100.0)])
def test_the_interval_is_wilsons(found: int, tried: int, low: float, high: float) -> None:
    assert interval(found, tried) == pytest.approx((low, high), abs=0.1)


def test_a_sample_is_always_the_same() -> None:
    drawn = sample(TRIED, 2)
    assert drawn == sample(reversed([*TRIED]), 2) == sorted(drawn)
    assert set(drawn) < set(TRIED)
