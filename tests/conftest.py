"""How do the property tests draw? Freely on a developer's machine, always the same on CI."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No deadline: a loaded machine is no fault. The slow first draw of a strategy is none either.
settings.register_profile("free", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("free"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "free")
