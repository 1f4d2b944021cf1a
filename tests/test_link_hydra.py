"""Is a configuration that Hydra composes put together as Hydra does it?

Source: Hydra documentation, "The Defaults List" and "Command line flags".
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipsieve import scan
from chipsieve.link.launch import Standing
from small_trees import write

ENTRY = """import hydra


@hydra.main(version_base=None, config_path="conf", config_name="train")
def main(cfg):
    pass


if __name__ == "__main__":
    main()
"""
TREE = {
    "train.py": ENTRY,
    "conf/train.yaml": "defaults:\n  - _self_\n  - attention: flash\n  - optional other: null\n",
    "conf/alone.yaml": "lr: 1\n",
    "conf/attention/flash.yaml": "attn_implementation: flash_attention_2\n",
    "conf/attention/plain.yaml": "attn_implementation: sdpa\n",
    "conf/experiment/plain.yaml": "defaults:\n  - override /attention: plain\n",
    "elsewhere/plain.yaml": "attn_implementation: flash_attention_2\n",
}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", "asserted"),
        ("lr=1 +x.y=2", "asserted"),
        ("attention=plain", None),
        ("attention=flash", "asserted"),
        ("attention@net.inner=plain", None),
        ("attention=null", None),
        ("attention=$KIND", "optional"),
        ("-m attention=flash,plain", "optional"),
        ("--config-name alone", None),
        ("--config-name=alone +attention=flash", "asserted"),
        ("-cn alone attention=plain", None),
        ("--config-name $NAME", "optional"),
        ("+experiment=plain", None),
        ("data=plain", "asserted"),
    ],
)
def test_groups(tmp_path: Path, words: str, expected: Standing | None) -> None:
    root = write(tmp_path, {**TREE, "run.sh": f"torchrun train.py {words}\n"})
    (found,) = scan(root, workers=1).launches
    stands = {item.path: where for item, where in found.launch.findings if item.signal == "flash-attention-2"}
    assert stands == ({"conf/attention/flash.yaml": expected} if expected else {})


def test_a_library_whose_main_nobody_calls_composes_nothing(tmp_path: Path) -> None:
    library = ENTRY.replace("main(", "start(").replace("hydra.start", "hydra.main")
    texts = {**TREE, "train.py": library, "other.py": "import train\n", "run.sh": "torchrun other.py\n"}
    launches = scan(write(tmp_path, texts), workers=1).launches
    (found,) = (one for one in launches if one.launch.path == "run.sh")
    assert "asserted" not in {where for _, where in found.launch.findings}


@pytest.mark.parametrize(
    ("key", "expected"),
    [("attention:\n  attn_implementation: sdpa", "optional"), ("teacher:\n  attn_implementation: sdpa", "asserted")],
)
def test_a_config_wins_over_the_groups_that_it_chooses(tmp_path: Path, key: str, expected: Standing) -> None:
    own = {"conf/train.yaml": f"defaults:\n  - attention: flash\n{key}\n", "run.sh": "torchrun train.py\n"}
    (found,) = scan(write(tmp_path, {**TREE, **own}), workers=1).launches
    stands = [where for item, where in found.launch.findings if item.signal == "flash-attention-2"]
    assert stands == [expected]
