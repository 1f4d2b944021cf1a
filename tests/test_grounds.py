"""On whose ground does a launch stand? Paths, modules, queues and tools, certain and guarded, in small trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from small_trees import RUN, cuts_of
from test_estimate_traps import judged, kinds, premises

SET_ENV = "source /usr/local/Ascend/ascend-toolkit/set_env.sh\n"


def against(root: Path, script: str, family: str) -> set[str]:
    """The kinds of premises against a family, where `run.sh` is this script."""
    return {one.kind for one in premises(judged(root, {"run.sh": script})) if family in one.families and one.against}


@pytest.mark.parametrize(
    ("script", "speaks"),
    [
        (SET_ENV + RUN, True),
        ("npu-smi info\n" + RUN, True),
        ("npu-smi info\nnvidia-smi\n" + RUN, False),
        ("npu-smi info\nrocm-smi\n" + RUN, False),
        ("command -v npu-smi\n" + RUN, False),
        (f"if [ -f /usr/local/Ascend/x ]; then\n{SET_ENV}fi\n" + RUN, False),
        ("# npu-smi info\n" + RUN, False),
    ],
)
def test_a_vendors_tools_speak_against_the_others(tmp_path: Path, script: str, speaks: bool) -> None:
    assert ("vendor's ground" in against(tmp_path, script, "a100")) == speaks
    assert "vendor's ground" not in against(tmp_path, script, "ascend-910b")


def test_hygon_has_amds_tools(tmp_path: Path) -> None:
    assert "vendor's ground" not in against(tmp_path, "hy-smi\nrocm-smi\n" + RUN, "hygon-k100")
    assert "vendor's ground" in against(tmp_path, "hy-smi\nrocm-smi\n" + RUN, "mi300x")


@pytest.mark.parametrize(
    ("texts", "family", "kind"),
    [
        ({"run.sh": "#SBATCH -o /leonardo_work/x/%j\n" + RUN}, "a100", "site"),
        ({"run.sh": "#SBATCH -p boost_usr_prod\n" + RUN}, "a100", "request"),
        ({"run.sh": "#SBATCH -p booster\n#SBATCH -o /p/scratch/x/%j\n" + RUN}, "gh200", "request"),
        ({"run.sh": RUN, "old.sh": "cp /lustre/orion/x/y .\n"}, "mi250x", "site elsewhere"),
    ],
)
def test_the_kind_of_ground(tmp_path: Path, texts: dict[str, str], family: str, kind: str) -> None:
    assert kind in kinds(judged(tmp_path, texts), family)


def test_a_shared_queue_alone_says_nothing(tmp_path: Path) -> None:
    assert not {"request", "site"} & kinds(judged(tmp_path, {"run.sh": "#SBATCH -p booster\n" + RUN}), "a100")


def test_a_queue_keeps_its_chip_in_and_a_path_does_not(tmp_path: Path) -> None:
    script = "#SBATCH -p {}\nexport HSA_XNACK=1\ncp {}/x .\n" + RUN
    queue = judged(tmp_path / "queue", {"run.sh": script.format("boost_usr_prod", "/data")})
    path = judged(tmp_path / "path", {"run.sh": script.format("normal", "/leonardo_work")})
    assert cuts_of(queue)
    assert cuts_of(path)
    assert "a100-sxm4-64gb" in queue.possible
    assert "a100-sxm4-64gb" not in path.possible
