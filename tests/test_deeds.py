# ruff: noqa: RUF001 - sentences hold the signs that people write
"""Is what a sentence says of the hardware that it names what a careful reader says?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.facts.deeds import statement
from chipsieve.facts.statements import Statement
from chipsieve.tables import own_table, table_list

NAME = re.compile(
    r"(?:RTX )?(?:3090|4090)|V100|H[128]00|H800|A100|A10\b|T4|TPU v[34](?:-\d+)?|MI250X?|A800|Ascend 910B|L40|Jean Zay"
)

SENTENCES = {
    # who trained on what
    "The model was trained on 8 A100 GPUs for three days.": "trained A100",
    "All checkpoints are pretrained on TPU v4-128.": "trained TPU v4-128",
    "Training took 3 days on 16 V100s.": "trained V100",
    "We use 8 A100s to train the base model.": "trained A100",
    "Pre-train our network using 8 A100 GPUs:": "trained A100",
    "The pre-training stage needs only 2.7M H800 GPU hours.": "trained H800",
    "- **Hardware Type:** A100 PCIe 40GB": "trained A100",
    "hardware_used: 8 x A100": "trained A100",
    "Finetune our pre-trained network using 8 A100 GPUs:": "fine-tuned A100",
    "We fine-tuned it with LoRA on one RTX 3090.": "fine-tuned RTX 3090",
    "All experiments were run on a single V100.": "experiments V100",
    "All results in the paper were obtained with A100 GPUs.": "experiments A100",
    "We used eight A100s.": "experiments A100",
    "Our cluster has nodes with four V100s.": "experiments V100",
    "Hardware: 8x A100": "experiments A100",
    "This code was tested on 8xA100.": "tested A100",
    "We have done all development and testing on V100 GPUs.": "tested V100",
    # two deeds in one sentence
    "The model is trained on 8 A100, evaluated on one T4.": "trained A100, inference T4",
    "Trained on 8 A100 and evaluated on one T4.": "trained A100, inference T4",
    "Training: 8x H100. Inference: RTX 4090.": "trained H100, inference RTX 4090",
    "During inference, we use one RTX 3090, while training used 8 A100.": "inference RTX 3090, trained A100",
    # not the project's training
    "Latency on a T4 is 12 ms.": "inference T4",
    "The demo generates an image in 3 seconds on an A10.": "inference A10",
    "It reaches 30 FPS on an RTX 3090.": "inference RTX 3090",
    "Training throughput is 3,000 tokens/s per GPU on A100.": "benchmark A100",
    "We reach 52% MFU on H100.": "benchmark H100",
    "This is 2x faster than A100.": "compares A100",
    "Its speed is equivalent to 8 H100.": "compares H100",
    "Unlike H800, it has a wide link.": "compares H800",
    "The original model was trained on TPU v3, we use 8 V100.": "compares TPU v3, experiments V100",
    "The authors used 64 V100 GPUs.": "compares V100",
    "A100 costs $2.50/h in this cloud.": "mentions A100",
    # what readers may do
    "You can train on a single 3090.": "supports 3090",
    "It should also work on A100.": "supports A100",
    "Use bf16 if you have an A100.": "supports A100",
    "For GPUs such as V100, use fp16.": "supports V100",
    "If your GPU does not support bf16 (e.g. V100), pass --fp16.": "mentions V100",
    "We support Ascend 910B now.": "supports Ascend 910B",
    "Training requires at least 24GB (e.g. RTX 3090).": "requires RTX 3090",
    "We recommend 16 H100 GPUs to train the model.": "requires H100",
    "It was not tested on A100.": "mentions A100",
    "A user reported that it runs on T4.": "mentions T4",
    "See the spec sheet of the A100.": "mentions A100",
    "It will not fit on small cards (RTX 3090).": "mentions RTX 3090",
    "Its solutions are competitive with 8 A100 GPUs.": "compares A100",
    "This code was used for experimentation on up to 8 A100 GPUs.": "experiments A100",
    "It is designed to run on a TPU v3-32 pod.": "supports TPU v3-32",
    "The model was tuned on a TPU v3-128 pod.": "fine-tuned TPU v3-128",
    "Thanks to a grant we could train it on a TPU v3-8 for 2M steps.": "trained TPU v3-8",
    "Training: 20B tokens, 96 V100 GPUs, ~230 h.": "trained V100",
    "The plugin is tested with V100 and T4 GPUs.": "tested V100, tested T4",
    "环境：双 RTX 3090": "experiments RTX 3090",
    # Chinese
    "我们使用 8 张 A100 训练了模型。": "trained A100",
    "模型训练：8卡A100，推理：T4": "trained A100, inference T4",
    "在 A100 上微调": "fine-tuned A100",
    "所有实验均在 V100 上进行。": "experiments V100",
    "推理速度在 T4 上为 20 毫秒": "inference T4",
    "训练至少需要 8 张 A100": "requires A100",
    "支持 Ascend 910B": "supports Ascend 910B",
    "如果您使用的是 V100，请使用 fp16。": "supports V100",
    "速度超越 A100": "compares A100",
    "测试环境：A100": "tested A100",
    "复现结果使用 A100": "experiments A100",
}

AMOUNTS = {
    "trained on 8×A100 80GB": (8, None),
    "trained on 8 A100 GPUs": (8, None),
    "trained on A100 x 8": (8, None),
    "trained on A100-80G*8": (8, None),
    "使用 8 张 A100 训练": (8, None),
    "用8卡A100训练14天": (8, 336),
    "trained on eight A100s": (8, None),
    "trained with 4 nodes of 8 H100": (32, None),
    "trained on 64 nodes each with 8 A100 GPUs": (512, None),
    "trained on 4x8xH100": (32, None),
    "16 x 8 x A100 cards": (128, None),
    "trained on 4 A100-80GB nodes (32 GPUs)": (32, None),
    "2机8卡A100（共16卡）": (16, None),
    "a single A100": (1, None),
    "batch size is 512 (128 * 4 A100 GPUs)": (4, None),
    "16 sequences x 8 H100 80 GB GPUs x 8 nodes": (64, None),
    "on an A100 GPU": (1, None),
    "trained on 1,024 A100 GPUs": (1024, None),
    "trained on a 40GB A100": (None, None),
    "trained on a TPU v3-128": (None, None),
    "trained on 8 V100 machines": (None, None),
    "It used 1.3M H800 GPU hours": (None, 1_300_000),
    "trained for 21 days on A100": (None, 504),
    "trained for 48 hours on 4 A100": (4, 48),
    "trained on A100 with H100 later": (None, None),
    "1.345M H800 GPU hours": (None, 1_345_000),
    "Training takes two days on A100": (None, 48),
}


def said(text: str, *context: str, path: str = "") -> list[tuple[str, Statement]]:
    """Each name of a text with what the text says of it."""
    return [(found[0], statement(text, *found.span(), context, path)) for found in NAME.finditer(text)]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_says_what_was_done(text: str) -> None:
    assert ", ".join(f"{one.deed} {name}" for name, one in said(text)) == SENTENCES[text]


@pytest.mark.parametrize("text", AMOUNTS)
def test_a_sentence_says_how_many_and_how_long(text: str) -> None:
    one = said(text)[0][1]
    assert (one.devices, one.hours) == AMOUNTS[text]


def test_the_sentence_decides_before_what_stands_around_it() -> None:
    trained = "The model was trained on A100."
    assert said(trained, "Inference", "Requirements")[0][1] == Statement("trained", direct=True)
    assert said("8x A100", "Inference")[0][1] == Statement("inference", devices=8)
    assert said("8x A100", "The following were used", "Training")[0][1].deed == "trained"
    assert said("8x A100", path="benchmarks/a100.md")[0][1] == Statement("benchmark", devices=8)
    assert said("8x A100")[0][1] == Statement("mentions", devices=8)


def test_a_sentence_goes_on_over_lines() -> None:
    one = said("8 A100 GPUs for 2 days.", "We trained the large model on…", "…It is served elsewhere.")[0][1]
    assert one == Statement("trained", direct=True, devices=8, hours=48)
    assert said("A100. See the paper.", "We evaluate on…")[0][1].deed == "inference"


def test_a_cell_is_read_by_the_head_of_its_column() -> None:
    head = "| Model | Train GPUs | Latency (ms) | Hours |"
    row = "| base | 8 x A100 | T4: 12 | 40 |"
    assert [(name, one.deed, one.direct) for name, one in said(row, head)] == [
        ("A100", "trained", False),
        ("T4", "inference", False),
    ]
    assert said("| base | 8 x A100 | 76.1 | 300 |", "| Model | GPU | Top-1 | Epochs |")[0][1].deed == "trained"
    assert said("| base | A100 | 76.1 |", "| Model | GPU | mAP |")[0][1].deed == "experiments"
    assert said("| base | A100 | 120 |", "| Model | GPU | FPS |")[0][1].deed == "inference"
    assert said("| base | A100 | 9000 |", "| Model | GPU | tokens/s |")[0][1].deed == "benchmark"
    assert said("| Model | Training time on A100 (hours) | Speed T4 (ms) |")[0][1].deed == "trained"
    assert said("| A100 | $2.50/h |", "| GPU | price |")[0][1].deed == "mentions"


def test_addresses_and_paths_say_nothing() -> None:
    assert said("A100: see https://example.org/train/serve and [this](docs/train.md)")[0][1].deed == "mentions"
    assert said("the cache is in /data/train/models of the A100")[0][1].deed == "mentions"


@given(st.text(alphabet="8x×* 一张AGPU0d,.(|。hours", max_size=60), st.text(max_size=30))
def test_every_text_has_a_statement(before: str, after: str) -> None:
    text = f"{before} A100 {after}"
    one = statement(text, len(before) + 1, len(before) + 5)
    assert one.devices is None or one.devices > 0
    assert one.hours is None or one.hours > 0
    assert one == statement(text, len(before) + 1, len(before) + 5, ("", ""))


@given(st.sampled_from(sorted(SENTENCES)), st.lists(st.sampled_from(["The sky is blue.", "See below."]), max_size=3))
def test_other_sentences_do_not_change_a_direct_deed(text: str, others: list[str]) -> None:
    alone, beside = said(text), said(" ".join([text, *others]))
    assert [one for _, one in beside if one.direct] == [one for _, one in alone if one.direct]


def test_no_cue_asks_which_digit_stands_somewhere() -> None:
    patterns = [str(row["pattern"]) for row in table_list("deeds.toml", own_table("deeds.toml"), "cue")]
    bare = [re.sub(r"\{[\d,]+\}|\\u[0-9a-f]{4}|#.*", "", pattern) for pattern in patterns]
    assert [pattern for pattern in bare if re.search(r"\d", pattern)] == []


@pytest.mark.parametrize("head", ["| model | mAP50 |", "| model | top-5 |", "| model | F1 |"])
def test_numbers_are_alike_to_cues(head: str) -> None:
    found = [statement("| ours | A100 |", 9, 13, (line,)) for line in (head, re.sub(r"\d", "3", head))]
    assert found[0] == found[1] != statement("| ours | A100 |", 9, 13, ("| model | chip |",))
