"""Which line speaks of a vendor first?"""

from __future__ import annotations

from pathlib import Path

from chipsieve.report import render
from small_trees import RUN, TRAIN, scanned


def test_the_first_line_is_that_of_the_file_that_people_read_first(tmp_path: Path) -> None:
    texts = {
        "README.md": "# Model\n\nIt runs on Ascend NPUs.\n",
        "docs/install.md": "Ascend.\n",
        "lib/port.py": "# ROCm\nimport torch\n",
    }
    verdict = scanned(tmp_path, {"train.py": TRAIN, "run.sh": RUN, **texts})
    places = {one.vendor: (one.at, one.shared_with) for one in verdict.spoken}
    assert places["huawei"] == ("README.md:3", ())
    assert places["amd"] == ("lib/port.py:1", ("hygon",))
    assert places["hygon"] == ("lib/port.py:1", ("amd",))
    text = " ".join(render(verdict, "text").split())
    assert "Huawei (README.md:3)" in text
    assert "Hygon (lib/port.py:1, by words of AMD too)" in text


def test_a_vendor_that_no_line_names_has_no_place(tmp_path: Path) -> None:
    verdict = scanned(tmp_path, {"train.py": TRAIN, "run.sh": RUN, "kernels/ascend/op.bin": "x"})
    assert "huawei" in verdict.mentions
    assert verdict.spoken == ()
