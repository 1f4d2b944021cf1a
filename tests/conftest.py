"""How do the property tests draw, and where do runs keep what they read? Nothing is left on a developer's machine."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# No deadline: a loaded machine is no fault. The slow first draw of a strategy is none either.
settings.register_profile("free", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("free"), derandomize=True, database=None)
USUAL = "ci" if os.environ.get("CI") else "free"
settings.register_profile("fast", settings.get_profile(USUAL), max_examples=20)  # ./dev test --fast asks for it
settings.register_profile("mutation", settings.get_profile("ci"), max_examples=10)  # the same draws for every mutant
settings.load_profile(USUAL)


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option of ours: `--rewrite-golden` writes tests/golden/ again instead of comparing with it."""
    parser.addoption("--rewrite-golden", action="store_true", help="write the reports below tests/golden/ again")


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of the tests' own, also for the processes that they start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHIPSIEVE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield
