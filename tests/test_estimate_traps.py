"""Which premise is which? Small trees whose lines say one thing or another of the chip that they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.catalogue import load_catalogue
from chipsieve.catalogue.catalogue_answers import CatalogueAnswers
from chipsieve.estimate.families import families_of
from chipsieve.estimate.phrases import LIKELY
from chipsieve.estimate.speaking import Premise, Readers, premises_of
from chipsieve.sieve.estimated import known_of
from chipsieve.sieve.outcome import Verdict
from small_trees import RUN, TRAIN, write

FAMILIES = families_of(load_catalogue().accelerators)


def judged(root: Path, texts: dict[str, str], as_of: str = "2024-06-01") -> Verdict:
    return scan(write(root, {"train.py": TRAIN, "run.sh": RUN, **texts}), workers=1, as_of=as_of)


def premises(verdict: Verdict) -> list[Premise]:
    catalogue = load_catalogue()
    readers = Readers(FAMILIES, verdict.signals, CatalogueAnswers(catalogue.accelerators, catalogue.names))
    return list(premises_of(known_of(verdict, frozenset({"torch"})), readers))


def kinds(verdict: Verdict, family: str) -> set[str]:
    return {one.kind for one in premises(verdict) if family in one.families and not one.against}


def first(verdict: Verdict) -> str:
    assert verdict.trained_on is not None
    assert verdict.trained_on.first is not None
    return verdict.trained_on.first.family


def chance(verdict: Verdict, family: str) -> float:
    assert verdict.trained_on is not None
    return next((one.probability for one in verdict.trained_on.families if one.family == family), 0.0)


@pytest.mark.parametrize(
    ("says", "family", "kind"),
    [
        ("We trained the model on 8 A100 GPUs.", "a100", "trained"),
        ("模型在 8 张 A100 显卡上训练。", "a100", "trained"),
        ("All experiments were run on 4 x RTX 3090.", "rtx-3090", "experiments"),
        ("Tested on NVIDIA V100.", "v100", "tested"),
        ("## Inference\n\nGeneration takes 3 s on an NVIDIA A100.", "a100", "inference"),
        ("It is twice as fast as on the NVIDIA H100.", "h100", "compares"),
        ("Ascend 910B is supported.", "ascend-910b", "supports"),
    ],
)
def test_a_sentence_is_of_the_kind_that_it_says(tmp_path: Path, says: str, family: str, kind: str) -> None:
    assert kind in kinds(judged(tmp_path, {"README.md": f"# Model\n\n{says}\n"}), family)


def test_what_was_trained_on_is_first_and_likely(tmp_path: Path) -> None:
    verdict = judged(tmp_path, {"README.md": "# Model\n\nWe trained the model on 8 A100 80GB GPUs for 3 days.\n"})
    assert first(verdict) == "a100"
    assert chance(verdict, "a100") >= LIKELY


def test_a_chip_named_for_inference_alone_is_less_likely_than_one_trained_on(tmp_path: Path) -> None:
    served = judged(tmp_path / "a", {"README.md": "# Model\n\n## Inference\n\nIt generates on an RTX 4090 in 2 s.\n"})
    trained = judged(tmp_path / "b", {"README.md": "# Model\n\nIt was trained on an RTX 4090.\n"})
    assert chance(served, "rtx-4090") < chance(trained, "rtx-4090")


def test_a_launch_that_asks_for_a_chip_is_a_request(tmp_path: Path) -> None:
    job = "#!/bin/bash\n#SBATCH --gres=gpu:a800:8\nsrun python train.py\n"
    verdict = judged(tmp_path, {"run.sh": job})
    assert "request" in kinds(verdict, "a800")
    assert first(verdict) == "a800"


def test_a_job_file_that_lists_four_kinds_asks_for_none(tmp_path: Path) -> None:
    job = "#!/bin/bash\n#SBATCH --constraint='a100|h100|v100|a6000'\nsrun python train.py\n"
    assert not kinds(judged(tmp_path, {"run.sh": job}), "a100") & {"request", "named"}


def test_a_line_that_names_three_families_is_a_menu(tmp_path: Path) -> None:
    verdict = judged(tmp_path, {"README.md": "# Model\n\nRuns on NVIDIA A100, NVIDIA H100 and NVIDIA V100.\n"})
    assert kinds(verdict, "h100") == {"menu"}


def test_other_peoples_code_does_not_count(tmp_path: Path) -> None:
    copied = {"third_party/lib/README.md": "# Lib\n\nWe trained it on 64 V100 GPUs.\n"}
    assert not kinds(judged(tmp_path, copied), "v100")


def test_a_family_that_was_announced_later_is_impossible(tmp_path: Path) -> None:
    texts = {"README.md": "# Model\n\nWe trained it on 8 H100 GPUs.\n"}
    assert chance(judged(tmp_path, texts, as_of="2020-01-01"), "h100") == 0
    assert chance(judged(tmp_path, texts, as_of="2024-01-01"), "h100") >= LIKELY


def test_what_the_launch_excludes_has_no_probability_whatever_the_readme_says(tmp_path: Path) -> None:
    texts = {
        "README.md": "# Model\n\nWe trained it on 8 V100 GPUs.\n",
        "train.py": "import torch_npu\nimport torch\n\ntorch.npu.set_device(0)\n",
    }
    verdict = judged(tmp_path, texts)
    assert chance(verdict, "v100") == 0
    assert first(verdict).startswith("ascend")


def test_an_npu_run_beside_a_commented_gpu_line_is_huaweis(tmp_path: Path) -> None:
    run = "export HCCL_CONNECT_TIMEOUT=1200\n# export CUDA_VISIBLE_DEVICES=0,1\ntorchrun --nproc_per_node 8 train.py\n"
    train = "import torch\nimport torch_npu\n\ntorch.npu.set_device(0)\n"
    assert first(judged(tmp_path, {"run.sh": run, "train.py": train})).startswith("ascend")


def test_a_log_beats_the_launchers_request(tmp_path: Path) -> None:
    job = "#!/bin/bash\n#SBATCH --partition=v100\nsrun python train.py\n"
    log = "".join(f"GPU {number}: AMD Instinct MI250X (UUID: GPU-{number})\n" for number in range(8))
    verdict = judged(tmp_path, {"run.sh": job, "logs/train.log": log})
    assert "log" in kinds(verdict, "mi250x")


def test_without_a_framework_nothing_was_probably_trained(tmp_path: Path) -> None:
    verdict = scan(
        write(tmp_path, {"app.py": "import flask\n\nflask.Flask(__name__).run()\n", "run.sh": "python app.py\n"})
    )
    assert verdict.trained_on is not None
    assert verdict.trained_on.no_accelerator > LIKELY
    assert all(one.probability < 0.45 for one in verdict.trained_on.families)


def test_the_readme_outweighs_a_comment_that_contradicts_it(tmp_path: Path) -> None:
    texts = {
        "README.md": "# Model\n\nWe trained the model on 64 A100 GPUs.\n",
        "train.py": f"# fits on 4 x V100\n{TRAIN}",
    }
    verdict = judged(tmp_path, texts)
    assert first(verdict) == "a100"
    assert chance(verdict, "a100") > chance(verdict, "v100")


def test_a_vendors_own_model_is_judged_by_what_it_says_was_done(tmp_path: Path) -> None:
    texts = {
        "README.md": "# Gaudi model zoo\n\nRuns on Gaudi 2. The weights were trained on 32 A100 GPUs.\n",
        "setup.py": "from setuptools import setup\n\nsetup(name='habana-zoo', install_requires=['torch'])\n",
    }
    verdict = judged(tmp_path, texts)
    assert first(verdict) == "a100"


def test_support_for_an_npu_beside_an_nvidia_run_is_no_training_there(tmp_path: Path) -> None:
    texts = {
        "README.md": "# Model\n\nThe model was trained on 8 A800 GPUs. Ascend 910B NPUs are supported too.\n",
        "npu.py": "try:\n    import torch_npu\nexcept ImportError:\n    torch_npu = None\n",
    }
    verdict = judged(tmp_path, texts)
    assert first(verdict) == "a800"
    assert "supports" in kinds(verdict, "ascend-910b")


def test_a_port_of_a_papers_code_was_not_trained_where_the_original_was(tmp_path: Path) -> None:
    says = "The original paper trained on TPU v3. We trained our version on 8 V100 GPUs."
    verdict = judged(tmp_path, {"README.md": f"# Port\n\n{says}\n"}, as_of="2021-06-01")
    assert "compares" in kinds(verdict, "tpu-v3")
    assert first(verdict) == "v100"


def test_users_reports_and_evaluations_are_no_training(tmp_path: Path) -> None:
    readme = (
        "# Model\n\nIt was trained on 16 H800 GPUs.\n\n## Inference\n\nLatency on an NVIDIA L40S is 30 ms.\n\n"
        "## FAQ\n\nSome users run it on an RTX 3090.\n"
    )
    verdict = judged(tmp_path, {"README.md": readme})
    assert first(verdict) == "h800"
    assert kinds(verdict, "l40s") <= {"inference"}
    assert "trained" not in kinds(verdict, "rtx-3090")


def test_a_log_of_another_chip_beats_the_launchers_words(tmp_path: Path) -> None:
    run = "gcloud compute tpus tpu-vm ssh pod --accelerator-type=v4-128\npython train.py --device tpu\n"
    log = "".join(f"GPU {number}: AMD Instinct MI250X (UUID: GPU-{number})\n" for number in range(4))
    verdict = judged(tmp_path, {"run.sh": run, "logs/train.log": log})
    assert "log" in kinds(verdict, "mi250x")
    assert chance(verdict, "mi250x") > chance(verdict, "tpu-v4")


def test_a_folder_of_weights_whose_card_says_where_it_was_trained(tmp_path: Path) -> None:
    card = "---\nlicense: mit\n---\n# Model\n\nTrained on 1024 H800 GPUs for 1.345M H800 GPU hours.\n"
    files = {"README.md": card, "config.json": '{"torch_dtype": "bfloat16"}', "pytorch_model.bin": "x"}
    verdict = scan(write(tmp_path, files), workers=1, as_of="2025-01-01")
    assert first(verdict) == "h800"
    assert chance(verdict, "h800") >= LIKELY
    assert "no launch was found" in verdict.sentence
