"""How do findings cross the border to SARIF 2.1.0 and back? The only place of ours that knows the format.

`read(write(verdict))` gives the verdict's findings back, as long as there are at most RESULTS of them.
"""

from __future__ import annotations

from chipsieve.border.sarif.reading import SarifError, own_finding, read
from chipsieve.border.sarif.results import RESULTS
from chipsieve.border.sarif.rules import VERDICT
from chipsieve.border.sarif.writing import write

__all__ = ["RESULTS", "VERDICT", "SarifError", "own_finding", "read", "write"]
