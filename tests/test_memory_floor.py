"""Is the memory floor a bound: never above what a run needs, and never raised by what divides, moves or is unknown?"""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chipsieve.derive.layouts import load_layouts
from chipsieve.derive.memory_floor import CLAIM, memory_floor
from chipsieve.derive.model_size import transformer_size
from chipsieve.derive.named_models import load_models
from chipsieve.derive.premises import Evidence, Quantity
from chipsieve.derive.stated import Stated
from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.finding import Finding
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
    count, weights, _, optimizer = whole.premises
    assert isinstance(count, Quantity)
    assert isinstance(weights, Quantity)
    assert isinstance(optimizer, Quantity)
    assert count.says == (
        "96 layers x (attention 2 x 12288 x (12288 + 12288) + MLP 2 x 12288 x 49152 (default width))"
        " + embeddings 1 x 50257 x 12288"
    )
    assert (count.number, count.unit) == (174.56, "B parameters")
    assert weights.says == "weights: 175 B parameters x 2 bytes / (TP 8 x PP 16)"
    assert optimizer.says == "optimizer state: 175 B parameters x 12 bytes / (TP 8 x PP 16)"
    assert {line.name for line in evidence.lines if isinstance(line, Setting)} == {
        "num-layers", "hidden-size", "num-attention-heads", "vocab-size",
        "tensor-model-parallel-size", "pipeline-model-parallel-size", "fp16",
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


def run_with(configs: dict[str, str], command: str) -> Launch:
    """A launch whose configurations set these keys."""
    words = tuple(_word(text) for text in shlex.split(command))
    keys = [
        Setting(name, value, "conf.json", Span(at, 1, at, 9), "config")
        for at, (name, value) in enumerate(configs.items(), 1)
    ]
    entry = next((word.text for word in words if word.text.endswith(".py")), "")
    both = (*settings({}, words, ()), *keys)
    return Launch("run.sh:1", "fine-tuning", "run.sh", 1, entry, words, {}, (), settings=both)


ZERO_3 = {"zero_optimization.stage": "3", "bf16.enabled": "true"}
ZERO_2 = {"zero_optimization.stage": "2", "bf16.enabled": "true"}
NO_OFFLOAD = {
    "zero_optimization.offload_optimizer.device": "none",
    "zero_optimization.offload_optimizer.pin_memory": "true",
}
ONE_NODE = "torchrun --nproc_per_node 8 train.py"
LLAMA = "--model_name_or_path meta-llama/Llama-2-13b-hf --num_train_epochs 3"
LLAMA_13B = 12_851_609_600 / 2**30  # parameters, by models.toml


@pytest.mark.parametrize(
    ("keys", "command", "gigabytes"),
    [
        (ZERO_2, f"{ONE_NODE} {LLAMA}", 2 * LLAMA_13B),  # nothing says that all of it is trained
        (ZERO_3, f"{ONE_NODE} {LLAMA}", 2 * LLAMA_13B / 8),
        (ZERO_3, f"torchrun --nproc_per_node 8 --nnodes 2 train.py {LLAMA}", 2 * LLAMA_13B / 16),
        (ZERO_3, f"{ONE_NODE} {LLAMA} --finetuning_type full", 16 * LLAMA_13B / 8),
        (ZERO_3 | NO_OFFLOAD, f"{ONE_NODE} {LLAMA} --finetuning_type full", 16 * LLAMA_13B / 8),
        (ZERO_3, f"{ONE_NODE} {LLAMA} --finetuning_type lora", 2 * LLAMA_13B / 8),
        (ZERO_3, f"{ONE_NODE} {LLAMA} --finetuning_type full --optim adafactor", 4 * LLAMA_13B / 8),
        (ZERO_3 | {"zero_optimization.offload_optimizer.device": "cpu"},
         f"{ONE_NODE} {LLAMA} --finetuning_type full", 2 * LLAMA_13B / 8),
        (ZERO_3 | {"zero_optimization.offload_param.device": "cpu"}, f"{ONE_NODE} {LLAMA}", 0),
        (ZERO_3 | {"zero_optimization.offload_param.device": "${DEVICE}"}, f"{ONE_NODE} {LLAMA}", 0),
        (ZERO_3, f"deepspeed --num_gpus 8 train.py {LLAMA}", 0),  # a host file may name further nodes
        (ZERO_3, f"deepspeed --hostfile hosts --num_gpus 8 train.py {LLAMA}", 0),
        (ZERO_3, f"deepspeed --include localhost:0,1,2,3 train.py {LLAMA}", 2 * LLAMA_13B / 4),
        (ZERO_3, f"deepspeed --include host1:0,1@host2:0,1 train.py {LLAMA}", 0),
        (ZERO_3, f"deepspeed --num_gpus 8 --num_nodes 1 train.py {LLAMA}", 2 * LLAMA_13B / 8),
        (ZERO_3, f"torchrun --nproc_per_node 8 --nnodes $NODES train.py {LLAMA}", 0),
        (ZERO_2, f"{ONE_NODE} {LLAMA} --load_in_4bit True", 0),
        (ZERO_2, f"{ONE_NODE} {LLAMA} --bits 4", 0),
        (ZERO_2, f"{ONE_NODE} --model_name_or_path $MODEL", 0),
        (ZERO_2, f"{ONE_NODE} --model_name_or_path someone/unknown-13b", 0),
        (ZERO_2, f"{ONE_NODE} --model_name_or_path TheBloke/Llama-2-13b-GPTQ", 0),
        ({}, f"{ONE_NODE} {LLAMA} --fsdp 'full_shard auto_wrap'", 2 * LLAMA_13B / 8),
        ({}, f"{ONE_NODE} {LLAMA} --fsdp 'full_shard auto_wrap offload'", 0),
        ({}, f"{ONE_NODE} {LLAMA}", 0),  # nothing says how its code divides it
        ({"num_processes": "4", "deepspeed_config.zero_stage": "3"}, f"accelerate launch train.py {LLAMA}",
         2 * LLAMA_13B / 4),
    ],
)  # fmt: skip
def test_a_named_model_under_deepspeed_or_fsdp(keys: dict[str, str], command: str, gigabytes: float) -> None:
    evidence = [one for one in memory_floor(run_with(keys, command)) if one.standing == "asserted"]
    assert sum(float(one.value) for one in evidence) == int(gigabytes * 10) / 10


def test_a_folder_that_is_called_like_a_model_is_not_certain() -> None:
    (evidence,) = memory_floor(run_with(ZERO_2, f"{ONE_NODE} --model_name_or_path /models/Llama-2-13b-hf"))
    assert (evidence.standing, evidence.value) == ("optional", f"{int(2 * LLAMA_13B * 10) / 10:g}")
    (whole,) = evidence.premises
    assert "if what is called so holds it" in repr(whole)


def test_what_nobody_says_to_be_trained_is_not_certain() -> None:
    launch = run_with(ZERO_2, f"{ONE_NODE} {LLAMA}")
    assert [(one.standing, one.value) for one in memory_floor(launch)] == [("asserted", "23.9"), ("optional", "44.8")]
    item = Finding("low-rank-adaptation", "import", "train.py", Span(1, 1, 1, 9), "peft", "import peft")
    (adapted,) = memory_floor(replace(launch, findings=((item, "optional"),)))
    assert adapted.standing == "asserted"


def test_counts_that_another_program_hands_on_are_not_certain() -> None:
    keys = {"num_processes": "4", "deepspeed_config.zero_stage": "3"}
    (evidence,) = memory_floor(run_with(keys, f"python submit.py --nodes 4 -- accelerate launch train.py {LLAMA}"))
    assert evidence.standing == "optional"


def test_one_node_of_a_cluster_is_not_certain_and_what_is_stands_by_itself() -> None:
    command = f"torchrun --nproc_per_node 8 --nnodes 1 train.py {LLAMA}"
    (evidence,) = memory_floor(run_with(ZERO_3, command))
    assert evidence.standing == "optional"
    both = list(memory_floor(run_with(ZERO_2, f"{command} --finetuning_type full")))
    assert [(one.standing, one.value) for one in both] == [("asserted", "23.9"), ("optional", "44.8")]


def test_a_finding_of_weights_in_few_bits_makes_no_floor() -> None:
    launch = run_with(ZERO_2, f"{ONE_NODE} {LLAMA}")
    item = Finding("quantised-training", "call", "train.py", Span(1, 1, 1, 9), "true", "load_in_4bit=True")
    assert list(memory_floor(replace(launch, findings=((item, "optional"),)))) == []


NEOX = {
    "num_layers": "44", "hidden_size": "6144", "num_attention_heads": "64", "pipe_parallel_size": "4",
    "model_parallel_size": "2", "optimizer.type": "Adam", "fp16.enabled": "true", "zero_optimization.stage": "1",
    "train_micro_batch_size_per_gpu": "4", "train_iters": "9",
}  # fmt: skip


def test_gpt_neox_by_its_configuration() -> None:
    (evidence,) = memory_floor(run_with(NEOX, "./deepy.py train.py conf.yml"))
    assert (evidence.standing, evidence.value) == ("asserted", "9.2"), "20 billion parameters, 4 bytes, over 2 x 4"
    assert (
        list(memory_floor(run_with(NEOX | {"mamba_inner_func_fusion": "true"}, "./deepy.py train.py conf.yml"))) == []
    )
    assert list(memory_floor(run_with(NEOX, "./deepy.py train.py $CONFIGS"))) == [], (
        "the MLP's width may be another one"
    )


NANOTRON = {
    "model.model_config.num_hidden_layers": "32", "model.model_config.hidden_size": "4096",
    "model.model_config.num_attention_heads": "32", "model.model_config.num_key_value_heads": "8",
    "model.model_config.intermediate_size": "14336", "model.model_config.is_llama_config": "true",
    "parallelism.dp": "8", "parallelism.tp": "4", "parallelism.pp": "1", "tokens.train_steps": "9",
    "optimizer.zero_stage": "1", "optimizer.optimizer_factory.name": "adamW",
    "optimizer.accumulate_grad_in_fp32": "true",
}  # fmt: skip


def test_nanotron_states_all_its_sizes() -> None:
    (evidence,) = memory_floor(
        run_with(NANOTRON, "torchrun --nproc_per_node $GPUS run_train.py --config-file conf.yaml")
    )
    assert (evidence.standing, evidence.value) == ("asserted", "8.9"), "7 billion x (4 bytes / 4 + 12 bytes / 32)"


TITAN = {
    "model.name": "llama3", "model.flavor": "70B", "training.steps": "9", "optimizer.name": "AdamW",
    "parallelism.data_parallel_shard_degree": "-1", "parallelism.tensor_parallel_degree": "8",
    "parallelism.enable_async_tensor_parallel": "false", "training.enable_cpu_offload": "false",
}  # fmt: skip
TITAN_RUN = "torchrun --nproc_per_node 8 --nnodes 4 -m torchtitan.train --job.config_file conf.toml"
LLAMA_70B = 69_499_617_280 / 2**30


def test_torchtitan_divides_all_by_all_devices() -> None:
    (evidence,) = memory_floor(run_with(TITAN, TITAN_RUN))
    assert (evidence.standing, float(evidence.value)) == ("asserted", int(8 * LLAMA_70B / 32 * 10) / 10)
    assert list(memory_floor(run_with(TITAN | {"training.enable_cpu_offload": "true"}, TITAN_RUN))) == []
    assert list(memory_floor(run_with(TITAN, TITAN_RUN.replace("--nnodes 4", "--nnodes $NODES")))) == []
    assert list(memory_floor(run_with(TITAN | {"model.flavor": "debugmodel"}, TITAN_RUN))) == []


def test_maxtext_by_the_sizes_of_its_mesh() -> None:
    base = {"ici_fsdp_parallelism": "-1", "ici_tensor_parallelism": "1", "quantization": "", "steps": "9"}
    command = "python3 -m MaxText.train base.yml model_name=llama2-70b opt_type=adamw ici_tensor_parallelism=4"
    assert list(memory_floor(run_with(base, command))) == [], "-1 is whatever the slice has"
    (evidence,) = memory_floor(run_with({"steps": "9"}, f"{command} ici_fsdp_parallelism=16"))
    assert (evidence.standing, float(evidence.value)) == ("asserted", int(8 * 68_713_185_280 / 2**30 / 64 * 10) / 10)


def test_tables_are_read_strictly_and_hold_a_hundred_models() -> None:
    assert len(load_models()) >= 100
    assert len({model.names.pattern for model in load_models()}) == len(load_models())
    assert {layout.name for layout in load_layouts()} >= {"Megatron-LM", "GPT-NeoX", "nanotron"}
