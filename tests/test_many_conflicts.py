"""Does a report stay small where very many launches contradict themselves?"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve.api import scan
from chipsieve.sieve import concluding

TORN = "export HCCL_CONNECT_TIMEOUT=1\nexport NEURON_RT_NUM_CORES=1\ntorchrun --nproc_per_node 8 train.py --lr 0.{}\n"
CODE = "import torch\nimport torch_npu\nimport torch_neuronx\nmodel.train()\nloss.backward()\n"


def test_behind_a_hundred_launches_reasons_are_left_out_and_a_gap_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concluding, "CONFLICTS", 2)
    (tmp_path / "train.py").write_text(CODE)
    for number in range(5):
        (tmp_path / f"run{number}.sh").write_text(TORN.format(number))
    verdict = scan(tmp_path)
    torn = {one.launch.path: one.conflict for one in verdict.launches}
    whole = {path for path, conflict in torn.items() if conflict is not None and conflict.disagreeing}
    assert len(torn) == 5
    assert None not in torn.values()
    assert whole == {"run0.sh", "run1.sh", verdict.main_launch.launch.path if verdict.main_launch else ""}
    (gap,) = [gap for gap in verdict.gaps if "contradict" in gap.reason]
    assert gap.path in {"run2.sh", "run3.sh"}
    assert gap.reason == "more than 2 launches contradict themselves: of the others the reasons are left out"
    monkeypatch.setattr(concluding, "CONFLICTS", 5)
    assert not [gap for gap in scan(tmp_path).gaps if "contradict" in gap.reason]
    assert [one.remaining for one in scan(tmp_path).launches] == [one.remaining for one in verdict.launches]
