"""Does a program get what the command line gives, whatever thread it asks from?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chipsieve import scan

EXAMPLE = Path(__file__).parents[1] / "fixtures/repos/hunyuan-large-2024-11-05"


def test_a_scan_may_run_in_any_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        elsewhere = pool.submit(scan, EXAMPLE, workers=1).result()
    assert elsewhere == scan(EXAMPLE, workers=1)
    assert elsewhere.findings
