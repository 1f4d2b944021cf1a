"""Does the discrimination page say what the predicates say?"""

from __future__ import annotations

import re

import pytest

from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.predicates import admits
from chipsieve.signals import load_signals
from discrimination import FAMILIES, PART, VALUES, claims, discrimination_page, members

PAGE = discrimination_page("")


def row(chips: str) -> list[str]:
    """The cells of a pair's line."""
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| {chips} |"))
    return [re.sub(r"\]\([^)]*\)", "]", cell).strip() for cell in line.strip("| ").split(" | ")]


def test_marks_are_the_answers_of_the_predicates() -> None:
    names = load_catalogue().names
    words = {True: "+", False: "-", None: "?"}
    for claim in claims():
        for family, mark in zip(FAMILIES, claim.marks, strict=True):
            answers = {admits(claim.signal.requires, chip, claim.value, names) for chip in members(family)}
            assert mark == (words[answers.pop()] if len(answers) == 1 else PART)


def test_values_are_given_for_signals_that_depend_on_them() -> None:
    assert all("$value" in repr(load_signals()[name].requires) for name in VALUES)
    assert {claim.signal.id for claim in claims() if claim.value} == set(VALUES)


def test_pairs_are_told_apart_in_the_right_direction() -> None:
    _, first, second, _ = row("A100, H100")
    assert "[fp8-training]" in first
    assert "[cuda-before-hopper]" in second
    assert "[fp8-training]" not in second


def test_a_pair_that_only_hints_and_figures_tell_apart() -> None:
    alike = PAGE.partition("## Pairs that no requirement tells apart")[2]
    assert "- **A100 and A800**: `interconnect_gbps` (600 against 400)." in alike
    assert "**A100 and H100**" not in alike


def test_vendors_are_told_apart_by_what_leaves_all_of_one() -> None:
    _, first, second = row("NVIDIA, AMD")
    assert "[rocm-stack]" in first
    assert "[cuda-image]" in second
    assert "fp8" not in first + second, "not all of either vendor's chips have it"


def test_a_family_that_is_gone_is_named() -> None:
    with pytest.raises(ValueError, match="no accelerator's family is 'Z9'"):
        members("Z9")
