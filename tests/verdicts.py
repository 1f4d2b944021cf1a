"""What does a verdict look like? Six accelerators, a few signals, and a training launch that narrows them.

The builder is for tests of reports: `verdict()` is a small believable whole, and every part can be replaced.
"""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec.structs import replace

from chipsieve.catalogue.accelerator import Accelerator
from chipsieve.catalogue.catalogue_answers import Answers
from chipsieve.derive.premises import Evidence
from chipsieve.estimate.answer import Because, Estimate, FamilyEstimate
from chipsieve.estimate.phrases import in_words
from chipsieve.facts.conditions import Question
from chipsieve.facts.finding import Finding
from chipsieve.facts.places import Span
from chipsieve.facts.reading import Gap
from chipsieve.facts.words import Resolved
from chipsieve.link.launch import Launch
from chipsieve.sieve.outcome import LaunchVerdict, Naming, Note, Project, Verdict
from chipsieve.sieve.proof import Conflict, Proof, Ruling, StepResult, Weight
from chipsieve.signals.signal import Signal
from chipsieve.sources.contents import Commit, Origin
from chipsieve.sources.scan_record import Coverage

CATALOGUE = (
    ("mi250", "Instinct MI250", "amd", "AMD", "datacenter", "CDNA2", "2021-11"),
    ("mi300x", "Instinct MI300X", "amd", "AMD", "datacenter", "CDNA3", "2023-12"),
    ("a100-sxm4-80gb", "A100 SXM4 80GB", "nvidia", "NVIDIA", "datacenter", "Ampere", "2020-11"),
    ("h20-96gb", "H20 96GB", "nvidia", "NVIDIA", "datacenter", "Hopper", "2023-11"),
    ("rtx-3090", "GeForce RTX 3090", "nvidia", "NVIDIA", "consumer", "Ampere", "2020-09"),
    ("v100-sxm2-16gb", "V100 SXM2 16GB", "nvidia", "NVIDIA", "datacenter", "Volta", "2017-06"),
)
AMD, VOLTA = ("mi250", "mi300x"), ("v100-sxm2-16gb",)
AMPERE_UP = ("a100-sxm4-80gb", "h20-96gb", "rtx-3090")
IDS = tuple(row[0] for row in CATALOGUE)


def accelerators() -> tuple[Accelerator, ...]:
    """The small catalogue, in its order by vendor and id."""
    return tuple(
        Accelerator(chip, name, vendor, segment, architecture, {"vendor_name": label, "released": release})
        for chip, name, vendor, label, segment, architecture, release in CATALOGUE
    )


def signal(name: str, **changes: object) -> Signal:
    """A signal with every field filled in."""
    whole = Signal(
        id=name, title=f"{name} seen", question="Which chips?", step="software-stack", effect="requires",
        strength="strong", requires={"vendor": "nvidia"}, why=f"The {name} says so. It always does.",
        caveats=("A fork may differ.",), references=("https://example.org/manual",), rows=(),
    )  # fmt: skip
    return replace(whole, **changes)  # what a test changes is its own affair


def signals() -> dict[str, Signal]:
    """The signals that the small verdict speaks of."""
    table = [
        signal("nccl-backend", title="NCCL as the back end"),
        signal("bf16-training", title="Training in bfloat16", step="number-format", strength="definitive",
               requires={"architecture": ["Ampere", "Hopper"]}, why="Older chips have no bfloat16. They emulate it."),
        signal("gpudirect-settings", title="GPUDirect settings", step="interconnect", strength="weak",
               why="The variable is ignored by current versions. It proves nothing."),
        signal("flash-attention", title="FlashAttention", step="kernels", why="Its kernels need Ampere."),
        signal("prose-name", title="A chip's name in prose", step="names", effect="names",
               requires={"named": "$value"}),
        signal("zero-stage", title="ZeRO", step="none", effect="technique", requires={}, label="ZeRO stage $value"),
    ]  # fmt: skip
    return {one.id: one for one in table}


def finding(name: str, path: str, line: int, value: str = "", snippet: str = "", **changes: object) -> Finding:
    """A finding that spans one word at the start of its line."""
    shown = snippet or f"{name} {value}".strip()
    whole = Finding(name, "flag", path, Span(line, 1, line, 7), value, shown, engine="test")
    return replace(whole, **changes)  # what a test changes is its own affair


NCCL = finding("nccl-backend", "train.py", 12, "nccl", 'dist.init_process_group("nccl")')
BF16 = finding("bf16-training", "run.sh", 30, "true", "torchrun train.py --bf16 \\", conditions=())
BF16_CONFIG = finding("bf16-training", "conf/ds.json", 4, "true", '"bf16": {"enabled": true},')
GDR = finding("gpudirect-settings", "run.sh", 9, "2", "export NCCL_NET_GDR_LEVEL=2")
FLASH = finding("flash-attention", "train.py", 40, "flash_attn", "attn = flash_attn_func(q, k, v)",
                conditions=(Question("entry"), Question("option", "use_flash_attn")))  # fmt: skip
H20 = finding("prose-name", "README.md", 12, "H20", "We trained on 64 H20 cards.", by="prose", row="claim")
V100 = finding("prose-name", "README.md", 20, "V100", "Tested on V100.", by="prose", row="claim")
FINDINGS = (H20, V100, BF16_CONFIG, BF16, GDR, FLASH, NCCL)


def cut(step: str, of: Finding, excluded: tuple[str, ...], *more: Finding) -> Ruling:
    """What one finding (with more of its kind) excludes at a step."""
    evidence = Evidence(of.signal, "", "asserted", (of, *more))
    answers = Answers(frozenset(IDS).difference(excluded), frozenset(excluded))
    return Ruling(step, of.signal, signals()[of.signal].strength, evidence, excluded, answers=answers)


def ruling(evidence: Evidence, weight: Weight = "counts", against: tuple[str, ...] = ()) -> Ruling:
    """A ruling that excludes nothing, on evidence that speaks against these chips."""
    known = signals()[evidence.signal]
    answers = Answers(frozenset(IDS).difference(against), frozenset(against))
    return Ruling(known.step, known.id, known.strength, evidence, weight=weight, answers=answers)


def steps() -> tuple[StepResult, ...]:
    """The narrowing of the main launch: NCCL leaves 4, bfloat16 leaves 3, and one step has no evidence."""
    return (
        StepResult("software-stack", "Whose software stack does it call?", 6, 4, (cut("software-stack", NCCL, AMD),)),
        StepResult("number-format", "Which number formats must the chip compute in?", 4, 3,
                   (cut("number-format", BF16, VOLTA, BF16_CONFIG),)),
        StepResult("memory", "How much memory must one chip have?", 3, 3, ()),
    )  # fmt: skip


def launch(name: str = "run.sh:30", role: str = "training", **changes: object) -> Launch:
    """A launch of train.py by a script."""
    words = ("torchrun", "--nproc-per-node", "8", "train.py", "--bf16", "--data", "${DATA}")
    path, _, line = name.rpartition(":")
    span = Span(int(line), 1, int(line), 9)
    whole = Launch(
        id=name, role=role, path=path, line=int(line), entry="train.py",
        command=tuple(Resolved(word, path, span) for word in words),
        environment={"NCCL_NET_GDR_LEVEL": Resolved("2", path, span), "DATA": Resolved("${DATA}", path, span)},
        files=("conf/ds.json", path, "train.py"),
        findings=((NCCL, "asserted"), (BF16, "asserted"), (BF16_CONFIG, "asserted"), (GDR, "asserted"),
                  (FLASH, "optional")),
        devices=8,
    )  # fmt: skip
    return replace(whole, **changes)  # what a test changes is its own affair


UNPROVEN = (
    ruling(Evidence("gpudirect-settings", "", "asserted", (GDR,)), "policy", AMD),
    ruling(Evidence("flash-attention", "", "optional", (FLASH,)), "optional"),
)


def outcome(
    steps: tuple[StepResult, ...] = steps(),
    remaining: tuple[str, ...] = AMPERE_UP,
    unproven: tuple[Ruling, ...] = UNPROVEN,
    **changes: object,
) -> LaunchVerdict:
    """The main launch with what remains of it; `unproven` are rulings of its last step that exclude nothing."""
    proof = Proof((*steps[:-1], *(replace(step, rulings=(*step.rulings, *unproven)) for step in steps[-1:])), remaining)
    whole = LaunchVerdict(
        launch=launch(), evidence=(Evidence("nccl-settings", "", "asserted", (NCCL,)),), proof=proof, named=(),
        techniques=(Note("ZeRO stage 3", "conf/ds.json", 7, "ZeRO stage", "3"),),
        sites=(Note("HPE Slingshot", "run.sh", 5, place="on premises"),),
    )  # fmt: skip
    return replace(whole, **changes)  # what a test changes is its own affair


def silent(name: str, role: str = "training") -> LaunchVerdict:
    """A launch without evidence: it excludes nothing."""
    result = tuple(StepResult(step.step, step.question, 6, 6, ()) for step in steps())
    bare = launch(name, role, findings=(), devices=0)
    return outcome(launch=bare, evidence=(), steps=result, remaining=IDS, techniques=(), sites=(), unproven=())


def estimate(h20: float = 0.82, a100: float = 0.12, no_accelerator: float = 0.02) -> Estimate:
    """An estimate of two families, with lines for and against, and a premise that no line shows."""
    trained = Because("README.md:12", "says that it was trained on H20", "trained", 2.4)
    log = Because("logs/train.log:3", "a run's log names H20", "log", 1.9)
    other = Because("README.md:20", "says that it was tested on V100", "tested", -0.3)
    usual = Because(None, "nothing in the tree speaks of the vendor AMD", "silence", 0.6)
    rows = (
        ("h20", "H20", ("h20-96gb",), h20, (trained, log, usual, other)),
        ("a100", "A100", ("a100-sxm4-80gb",), a100, (usual, replace(trained, weight=-1.2))),
    )
    families = tuple(
        FamilyEstimate(family, name, chips, chance, in_words(chance), why) for family, name, chips, chance, why in rows
    )
    return Estimate("", families, round(1 - h20 - a100, 4), no_accelerator, "fitted to 12 labelled repositories")


def verdict(**changes: object) -> Verdict:
    """The whole: one training launch that narrows six chips to three."""
    whole = Verdict(
        root="example", policy="balanced", scope="launch", role="training", accelerators=accelerators(),
        catalogue_date="2026-11-22", signals=signals(), launches=(outcome(),), possible=AMPERE_UP, remaining=AMPERE_UP,
        main="run.sh:30", main_reason="README.md:7 runs it", projects=(Project("", "example", "run.sh:30", 1, 0),),
        named=(Naming(("h20-96gb",), "prose", "README.md", 12, "H20"), Naming(VOLTA, "prose", "README.md", 20, "V100")),
        findings=FINDINGS,
        gaps=(Gap("data/big.json", "too large to read (50 MB)"), Gap("old.sh", "not understood: unclosed quote", 3)),
        coverage=Coverage(9, 8, 1, 1), commit=Commit("0123456789abcdef0123456789abcdef01234567", "2024-11-05"),
        as_of="2024-11-05", trained_on=estimate(),
    )  # fmt: skip
    return replace(whole, **changes)  # what a test changes is its own affair


def empty() -> Verdict:
    """A tree in which nothing was found."""
    return verdict(
        launches=(), possible=IDS, remaining=IDS, main="", main_reason="", projects=(), named=(), findings=(), gaps=(),
        coverage=Coverage(3, 3, 0, 0), commit=None, as_of="",
        trained_on=Estimate("", (), 1.0, 0.97, "fitted to 12 labelled repositories"),
    )  # fmt: skip


def two_launches() -> Verdict:
    """A second training launch keeps every chip in; an evaluation and a test do not speak."""
    weak = replace(
        silent("sft.sh:4", "fine-tuning"), evidence=(Evidence("gpudirect-settings", "", "asserted", (GDR,)),)
    )
    rest = (weak, silent("eval.sh:2", "evaluation"), silent("test.sh:1", "test"))
    return verdict(launches=(outcome(), *rest), possible=IDS, remaining=AMPERE_UP)


def contradiction() -> Verdict:
    """A launch whose evidence no accelerator satisfies: NCCL as NVIDIA has it, and an AMD compiler."""
    rocm = finding("rocm-stack", "build.sh", 2, "hipcc", "hipcc -O3 kernel.hip")
    against = cut("software-stack", NCCL, AMD)
    second = Ruling("software-stack", "rocm-stack", "definitive", Evidence("rocm-stack", "", "asserted", (rocm,)),
                    (*AMPERE_UP, *VOLTA))  # fmt: skip
    nobody = Estimate("", (), 1.0, 1.0, "fitted to 12 labelled repositories")
    conflict = Conflict(((against, second),), ((("a100-sxm4-80gb",), ("mi250",)),))
    step = StepResult("software-stack", "Whose software stack does it call?", 6, 0, (against, second))
    torn = outcome(steps=(step,), remaining=(), unproven=(), techniques=(), sites=(), conflict=conflict)
    table = {**signals(), "rocm-stack": signal("rocm-stack", title="ROCm's compiler", strength="definitive")}
    return verdict(
        launches=(torn,), possible=(), remaining=(), named=(), gaps=(), findings=(NCCL, rocm), conflict=conflict,
        signals=table, trained_on=nobody,
    )  # fmt: skip


def hostile() -> Verdict:
    """A tree whose names and lines try to act: escape codes, markup, line ends, workflow commands, direction marks."""
    path = "a\x1b[31m<script>alert(1)</script>\n::error::x\u202egnp|`.sh"
    bad = finding("bf16-training", path, 1, "</pre><img src=x onerror=alert(1)>", "\x1b]0;owned\x07 `--bf16` | \u2066",
                  conditions=(Question("unknown", text="\x1b[2J$(date)"),))  # fmt: skip
    runs = launch(files=(path,), findings=((bad, "asserted"),), entry=path, environment={})
    step = StepResult("number-format", "Which number formats must the chip compute in?", 6, 5,
                      (cut("number-format", bad, VOLTA),))  # fmt: skip
    left = (*AMD, *AMPERE_UP)
    words = (Resolved(f"sh {path}", path, Span(1, 1, 1, 2)),)
    tricked = outcome(
        launch=replace(runs, id=f"{path}:1", path=path, line=1, command=words),
        steps=(step,), remaining=left, techniques=(Note("ZeRO", path, 1),), sites=(),
        unproven=(ruling(Evidence("bf16-training", "\x1b[0m", "optional", (bad,)), "optional"),),
    )  # fmt: skip
    said = Because(f"{path}:2", "says that it was trained on \x1b[1m<b>V100|\n::error::", "trained", 1.5)
    family = FamilyEstimate("v100", "V100<b>\x1b[2m", VOLTA, 0.7, in_words(0.7), (said, replace(said, weight=-1.0)))
    return verdict(
        root="<b>\x1b[1mroot", launches=(tricked,), possible=left, remaining=left, main=f"{path}:1", findings=(bad,),
        trained_on=Estimate("", (family,), 0.3, 0.1, "\x1b[1mrows"),
        named=(Naming(VOLTA, "prose", path, 2, "V100\n::warning::<i>"),),
        gaps=(Gap(path, "not <valid>\n::error::", 7), Gap("caf\udce9.sh", "name is not UTF-8")),
        origin=Origin("https://github.com/o/n", f"{path}/caf\udce9", "\x1b[1m<b>|\n::error::\u202e", modified=True),
    )  # fmt: skip


def shuffled(whole: Verdict, order: Random) -> Verdict:
    """The same verdict with everything that is a set in another order, and each finding twice."""

    def mixed(items: tuple[Any, ...]) -> tuple[Any, ...]:
        doubled = [*items, *items]
        order.shuffle(doubled)
        return tuple(doubled)

    def remixed(one: LaunchVerdict) -> LaunchVerdict:
        runs = replace(one.launch, findings=mixed(one.launch.findings))
        noted = replace(one, techniques=mixed(one.techniques), sites=mixed(one.sites), named=mixed(one.named))
        return replace(noted, launch=runs)

    return replace(
        whole, findings=mixed(whole.findings), gaps=mixed(whole.gaps), named=mixed(whole.named),
        launches=tuple(map(remixed, whole.launches)),
    )  # fmt: skip
