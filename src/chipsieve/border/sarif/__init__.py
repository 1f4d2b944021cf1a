"""How do findings cross the border to SARIF 2.1.0 and back? The only place of ours that writes the format.

`own_finding` gives the finding of each written result back, as long as there are at most RESULTS of them.
"""

from __future__ import annotations

from chipsieve.border.sarif.own_results import own_finding
from chipsieve.border.sarif.results import RESULTS
from chipsieve.border.sarif.rules import VERDICT
from chipsieve.border.sarif.sarif_document import LEAVES_OUT, write

__all__ = ["LEAVES_OUT", "RESULTS", "VERDICT", "own_finding", "write"]
