"""Is the memory floor a bound: never above what a run needs, and never raised by what divides, moves or is unknown?"""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.derive.layouts import load_layouts
from chipsieve.derive.memory_floor import CLAIM, memory_floor
from chipsieve.derive.model_size import transformer_size
from chipsieve.derive.premises import Evidence, Quantity
from chipsieve.derive.stated import Stated
from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.places import Span
from chipsieve.facts.words import Resolved, written
from chipsieve.link.launch import Launch, Setting
from chipsieve.link.settings import settings

MEGATRON = load_layouts()[0]
GPT3 = "--num-layers 96 --hidden-size 12288 --num-attention-heads 96 --vocab-size 50257 "
LLAMA_7B = (
    "--num-layers 32 --hidden-size 4096 --ffn-hidden-size 11008 --num-attention-heads 32 --swiglu --vocab-size 32000"
    " --untie-embeddings-and-output-weights "
)
LLAMA3_70B = (
    "--num-layers 80 --hidden-size 8192 --ffn-hidden-size 28672 --num-attention-heads 64 --group-query-attention"
    " --num-query-groups 8 --swiglu --vocab-size 128256 --untie-embeddings-and-output-weights "
)
MIXTRAL = (
    "--num-layers 32 --hidden-size 4096 --ffn-hidden-size 14336 --num-attention-heads 32 --group-query-attention"
    " --num-query-groups 8 --swiglu --num-experts 8 --vocab-size 32000 --untie-embeddings-and-output-weights "
)
TRAINED = "--train-iters 1000 --bf16 --tensor-model-parallel-size 1 --pipeline-model-parallel-size 1"


def run(options: str, launcher: str = "torchrun --nproc_per_node 8", role: str = "training") -> Launch:
    """A launch of these options; a word that ends in `?` stands under a condition that nobody can decide."""
    words = tuple(_word(text) for text in shlex.split(f"{launcher} pretrain_gpt.py {options}"))
    operands = words[len(launcher.split()) + 1 :]
    return Launch("run.sh:1", role, "run.sh", 1, "pretrain_gpt.py", words, {}, (), settings=settings({}, operands, ()))


def _word(text: str) -> Resolved:
    word = written(text.removesuffix("?"), "run.sh", Span(1, 1, 1, 9))
    conditions: Conditions = (Question("unknown", text="x"),) if text.endswith("?") else ()
    return Resolved(word.text, word.path, word.span, conditions, word.unknown)


def found(options: str, **how: str) -> Evidence | None:
    """The floor of a launch of these options."""
    return next(iter(memory_floor(run(options, **how))), None)


def floor(options: str, **how: str) -> float:
    """The floor's number, 0 for none."""
    evidence = found(options, **how)
    return float(evidence.value) if evidence else 0.0


@pytest.mark.parametrize(
    ("options", "published"),
    [(GPT3, 174.6e9), (LLAMA_7B, 6.7384e9 + 2e5), (LLAMA3_70B, 70.554e9), (MIXTRAL, 46.703e9)],
)
def test_the_count_of_a_known_model_is_at_most_the_published_one_and_near_it(options: str, published: float) -> None:
    size = transformer_size(Stated(run(options + TRAINED)), MEGATRON)
    assert size
    assert 0.9 * published <= size.dense + size.experts <= published


def test_gpt3_needs_what_its_weights_gradients_and_adam_take() -> None:
    evidence = found(GPT3 + "--train-iters 9 --fp16 --tensor-model-parallel-size 8 --pipeline-model-parallel-size 16")
    assert evidence
    assert (evidence.signal, evidence.standing, evidence.value) == (CLAIM, "asserted", "20.3")
    (whole,) = evidence.premises
    assert isinstance(whole, Quantity)
    assert (whole.says, whole.number, whole.unit) == ("weights + gradients + optimizer state of one device", 20.3, "GB")
    weights, _, optimizer = whole.premises
    assert isinstance(weights, Quantity)
    assert isinstance(optimizer, Quantity)
    assert weights.says == "weights: 175 B parameters x 2 bytes / (TP 8 x PP 16)"
    assert optimizer.says == "optimizer state: 175 B parameters x 12 bytes / (TP 8 x PP 16)"
    assert {line.name for line in evidence.lines if isinstance(line, Setting)} == {
        "num-layers", "hidden-size", "num-attention-heads", "vocab-size",
        "tensor-model-parallel-size", "pipeline-model-parallel-size",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "gigabytes"),
    [
        ("", 100.4),  # 6.738e9 parameters x 16 bytes
        ("--use-distributed-optimizer", 34.5),  # the optimizer state over 8 devices
        ("--use-distributed-optimizer --optimizer-cpu-offload", 12.5),
        ("--optimizer sgd", 25.1),
        ("--use-precision-aware-optimizer", 25.1),
        ("--lora-r 16", 12.5),
        ("--freeze-LM", 12.5),
        ("--fp8-param-gather", 0),
        ("--use-torch-fsdp2", 12.5),
        ("$EXTRA_ARGS", 10.5),  # what it holds may change all but what is stated
        ("--offload-weights", 0),
        ("--deepspeed --zero-stage 1", 12.5),  # what its configuration moves to the host is not known
        ("--deepspeed --zero-stage 3", 1.5),
        ("--deepspeed --zero-stage $STAGE", 1.5),
        ("--hybrid-attention-ratio 0.1", 0),
        ("--use-checkpoint-args", 0),
    ],
)
def test_what_divides_or_moves_a_term_lowers_the_floor(options: str, gigabytes: float) -> None:
    assert floor(f"{LLAMA_7B} {TRAINED} {options}") == gigabytes


@pytest.mark.parametrize(
    "options",
    [
        GPT3.replace("96 ", "$LAYERS ", 1) + TRAINED,  # a size is not known
        GPT3.replace("--hidden-size 12288", "") + TRAINED,
        GPT3 + "--train-iters 9 --pipeline-model-parallel-size 16 --tensor-model-parallel-size $TP",
        GPT3 + "--train-iters 9 --pipeline-model-parallel-size 16 $EXTRA_ARGS",  # tensor parallelism may be in it
        GPT3.replace("12288", "128") + TRAINED,  # less than any device has
        "--num-layers 96 --hidden-size 12288 --num-attention-heads 96",  # nothing says that it is Megatron
    ],
)
def test_an_unknown_size_or_divisor_makes_no_floor(options: str) -> None:
    assert found(options) is None


def test_runs_that_do_not_train_make_no_floor() -> None:
    assert found(GPT3 + TRAINED, role="inference") is None
    without_steps = found(GPT3 + TRAINED.replace("--train-iters 1000", ""))
    assert without_steps
    assert [line for line in str(without_steps.premises).split("says=") if line.startswith("'gradients")] == []


def test_a_value_under_a_condition_is_never_certain_and_the_smallest_counts() -> None:
    both = found(LLAMA_7B + TRAINED + " --tensor-model-parallel-size=4?")
    assert both
    assert (both.value, both.standing) == ("25.1", "optional")
    maybe = found(LLAMA_7B + TRAINED + " --optimizer-cpu-offload?")
    assert maybe
    assert (maybe.value, maybe.standing) == ("12.5", "asserted"), "what may be moved to the host counts as moved"


def test_experts_are_divided_by_expert_parallelism_and_nothing_by_an_unknown_one() -> None:
    known = MIXTRAL + "--bf16 --tensor-model-parallel-size 1 --pipeline-model-parallel-size 4"
    assert floor(f"{known} --expert-model-parallel-size 8") == 3.3
    assert floor(f"{known} --expert-model-parallel-size 8 --expert-tensor-parallel-size 1") == 3.3
    assert floor(f"{known} --expert-model-parallel-size $EP") == 0
    assert floor(f"{known} --expert-model-parallel-size 8 --moe-layer-freq 2") < 3.3
    assert floor(f"{known} --expert-model-parallel-size 8 --moe-ffn-hidden-size 1024") < 3.3


SIZES = st.sampled_from([1, 2, 4, 8])
REMOVABLE = [
    "--num-layers 32", "--hidden-size 4096", "--ffn-hidden-size 11008", "--num-attention-heads 32", "--swiglu",
    "--vocab-size 32000", "--untie-embeddings-and-output-weights", "--bf16", "--train-iters 1000",
]  # fmt: skip
LOWERING = [
    "--optimizer-cpu-offload", "--offload-params", "--use-torch-fsdp2", "--lora-r 8", "--load-in-4bit",
    "--use-distributed-optimizer", "--use-megatron-fsdp", "--optimizer muon", "--multi-latent-attention",
    "--deepspeed", "--zero-stage 3", "$MORE_ARGS",
]  # fmt: skip


@given(SIZES, SIZES, st.integers(1, 64), st.sets(st.sampled_from(LOWERING)))
def test_more_parallelism_never_raises_the_floor(tensor: int, pipeline: int, nodes: int, more: set[str]) -> None:
    def of(by: int, deep: int, machines: int) -> float:
        sizes = f"--bf16 --train-iters 9 --tensor-model-parallel-size {by} --pipeline-model-parallel-size {deep}"
        launcher = f"torchrun --nproc_per_node 8 --nnodes {machines}"
        return floor(f"{LLAMA_7B} {sizes} {' '.join(sorted(more))}", launcher=launcher)

    before = of(tensor, pipeline, nodes)
    assert of(2 * tensor, pipeline, nodes) <= before
    assert of(tensor, 2 * pipeline, nodes) <= before
    assert of(tensor, pipeline, 2 * nodes) <= before


@given(st.sets(st.sampled_from(REMOVABLE)), st.sampled_from(REMOVABLE))
def test_a_premise_that_is_missing_never_raises_the_floor(missing: set[str], also: str) -> None:
    def of(without: set[str]) -> float:
        kept = " ".join(one for one in REMOVABLE if one not in without)
        return floor(f"{kept} --tensor-model-parallel-size 1 --pipeline-model-parallel-size 1 $MORE_ARGS")

    assert of({*missing, also}) <= of(missing)


@given(st.sets(st.sampled_from(LOWERING)), st.sampled_from(LOWERING))
def test_offload_shards_and_frozen_parts_never_raise_the_floor(some: set[str], more: str) -> None:
    def of(options: set[str]) -> float:
        return floor(f"{LLAMA_7B} {TRAINED} {' '.join(sorted(options))}")

    assert of({*some, more}) <= of(some)
