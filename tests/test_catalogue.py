"""Is the catalogue whole, strict, and honest about what is not known?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.catalogue import Catalogue, build_catalogue, load_catalogue, select
from chipsieve.catalogue.accelerator import Origin
from chipsieve.catalogue.cells import BOOLEANS, DERIVED_BOOLEANS, DERIVED_NUMBERS, DERIVED_TEXTS, NUMBERS, STATED, TEXTS
from chipsieve.catalogue.names import normal, read_names
from chipsieve.catalogue.vendors import read_vendor
from chipsieve.report.accelerators import as_json, as_text
from chipsieve.tables import TableError, load_toml, toml_tables

FORMAT_PAGE = Path(__file__).parent.parent / "docs" / "catalogue.md"
ROW = {
    "name": "X1",
    "segment": "datacenter",
    "architecture": "X",
    "confidence": "low",
    "source": "a press report",
    "target": "?",
    "memory_gb": 80,
    "bf16_native": True,
}
RTX_PRO_6000 = "rtx-pro-6000-blackwell-ws rtx-pro-6000-blackwell-maxq rtx-pro-6000-blackwell-server"


@pytest.fixture(scope="module", name="catalogue")
def fixture_catalogue() -> Catalogue:
    return load_catalogue()


def vendor(row: dict[str, object] | None = None, **head: object) -> dict[str, object]:
    return {"vendor": "x", "name": "X", "date": "2026-01-31", "accelerators": {"x1": row or ROW}, **head}


def test_whole(catalogue: Catalogue) -> None:
    tables = {stem: load_toml(file) for stem, file in toml_tables("catalogue") if stem != "names"}
    assert sorted(tables) == sorted(catalogue.vendors)
    written = [chip for table in tables.values() for chip in cast("Mapping[str, object]", table["accelerators"])]
    assert sorted(written) == sorted(catalogue.by_id)
    keys = [(chip.vendor, chip.id) for chip in catalogue.accelerators]
    assert keys == sorted(keys)
    assert catalogue.by_id == {chip.id: chip for chip in catalogue.accelerators}
    assert catalogue.date == max(chip.date for chip in catalogue.accelerators)


def test_every_accelerator_has_source_and_confidence(catalogue: Catalogue) -> None:
    for chip in catalogue.accelerators:
        assert chip.source, chip.id
        assert chip.confidence in ("high", "medium", "low"), chip.id
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", chip.date), chip.id


def test_what_nobody_looked_up_excludes_nothing(catalogue: Catalogue) -> None:
    """A fact from memory is a date, a rate, a speed or good news; two sizes lie above the one that was looked up."""
    harmless = re.compile(
        r"(announced|released|node_devices|memory_(bw_gbps|type)|interconnect(_gbps)?|process|[a-z]+\d+"
        r"|name|vendor_name|int4_native|gpudirect_rdma|p2p|nvlink|nvls|mig|china_specific|cuda_alike|marketed_dc"
        r"|torch_device|ccl|tpp_lower_bound|tpp|host_link|performance_density)"
    )
    larger = {"rtx-pro-5000-blackwell", "jetson-xavier"}
    daring = [
        (chip.id, fact)
        for chip in catalogue.accelerators
        for fact, value in chip.facts.items()
        if "from memory" in chip.origin(fact).source and value not in (None, True)
        if not harmless.fullmatch(fact) and not (chip.id in larger and fact in ("memory_gb", "device_memory_gb"))
    ]
    assert daring == []


def test_cells_are_clean(catalogue: Catalogue) -> None:
    """A remark belongs into the notes: text facts that code compares are single tokens."""
    for chip in catalogue.accelerators:
        for fact in ("target", "torch_device", "ccl", "host_link"):
            value = chip.facts.get(fact)
            assert value is None or re.fullmatch(r"[\w./-]+", str(value)), (chip.id, fact)


def test_nothing_is_sold_before_it_is_announced(catalogue: Catalogue) -> None:
    early = []
    for chip in catalogue.accelerators:
        announced, released = str(chip.facts["announced"] or ""), str(chip.facts["released"] or "9999-12-31")
        if announced[: len(released)] > released[: len(announced)]:
            early.append(chip.id)
    assert early == []


def test_nodes_hold_whole_cards(catalogue: Catalogue) -> None:
    """Nodes and cards count devices alike."""
    broken = []
    for chip in catalogue.accelerators:
        devices, sizes = chip.facts.get("devices", 1), str(chip.facts.get("node_devices") or "").split()
        if isinstance(devices, int) and any(int(size) % devices for size in sizes):
            broken.append(chip.id)
    assert broken == []


def test_nvidia_targets_are_compute_capabilities_and_amd_ones_gfx(catalogue: Catalogue) -> None:
    patterns = {"nvidia": r"sm_\d{2,3}", "amd": r"gfx[0-9a-f]{3,4}"}
    for chip in catalogue.accelerators:
        target = chip.facts["target"]
        if chip.vendor in patterns and target is not None:
            assert re.fullmatch(patterns[chip.vendor], str(target)), chip.id


@pytest.mark.parametrize("fact", ["bf16", "fp8", "fp4"])
def test_a_native_format_has_a_rate_or_an_unknown_one(catalogue: Catalogue, fact: str) -> None:
    without = [chip.id for chip in catalogue.accelerators if chip.facts[f"{fact}_native"] and fact not in chip.facts]
    assert without == []


@pytest.mark.parametrize(
    ("name", "fact", "value"),
    [
        ("h20-96gb", "target", "sm_90"),
        ("h20-96gb", "memory_gb", 96),
        ("ascend-910a", "bf16_native", False),
        ("ascend-910b1", "bf16_native", True),
        ("v100-sxm2-32gb", "bf16_native", False),
        ("mi250x", "gpudirect_rdma", "equiv"),
        ("rtx-3090", "p2p", "nvlink"),
        ("mi250x", "torch_device", "cuda"),
        ("mi250x", "ccl", "rccl"),
        ("gaudi2", "ccl", "hccl"),
        ("metax-c550", "target", None),  # unverified is unknown
        ("hygon-k100", "bf16_native", None),
        ("b200", "die_area_mm2", None),
        ("tesla-k80", "ics", 2),
        # corrected from sources that `origin` names
        ("rubin-sxm", "target", "sm_107"),
        ("mi455x", "target", "gfx1250"),
        ("mi455x", "memory_gb", 432),
        ("ascend-950pr", "memory_gb", 128),
        ("ascend-950pr", "memory_bw_gbps", 1600),
        ("ascend-950pr", "interconnect_gbps", 2000),
        ("ascend-950dt", "interconnect_gbps", 2000),
        ("ascend-950dt", "released", None),
        ("mtt-s5000", "interconnect_gbps", 784),
        ("kunlun-p800", "bf16_native", None),
        ("thead-ppu", "released", "2026-01-29"),
        ("h100-sxm5-80gb", "announced", "2022-03-22"),
        ("v100-sxm2-16gb", "announced", "2017-05-10"),
        ("b200", "announced", "2024-03-18"),
        ("tpu-8t", "announced", "2026-04-22"),
        ("v100-sxm2-32gb", "node_devices", "4 6 8 16"),
        ("mi250x", "node_devices", "8"),
        ("ascend-910c", "node_devices", "16"),
        # and of accelerators that came later
        ("rtx-3060", "target", "sm_86"),
        ("rtx-2080", "bf16_native", False),
        ("gtx-1660-ti", "target", "sm_75"),
        ("rtx-4060-ti", "memory_gb", 16),
        ("rtx-5070", "target", "sm_120"),
        ("jetson-orin", "target", "sm_87"),
        ("jetson-thor", "target", "sm_110"),
        ("a100-sxm4-64gb", "memory_gb", 64),
        ("h100-sxm5-64gb", "nvls", True),
        ("rx-6900-xt", "target", "gfx1030"),
        ("rx-7800-xt", "target", "gfx1101"),
        ("strix-halo", "target", "gfx1151"),
        ("ascend-310b", "bf16_native", True),
        ("maia-200", "memory_gb", 216),
        ("tecorigin-t100", "torch_device", "sdaa"),
    ],
)
def test_facts(catalogue: Catalogue, name: str, fact: str, value: object) -> None:
    assert catalogue.by_id[name].facts[fact] == value


@pytest.mark.parametrize(
    ("name", "memory"),
    [
        ("tesla-k80", 12),
        ("a16", 16),
        ("mi250x", 64),
        ("mi250", 64),
        ("atlas-300i-duo", 48),
        ("ascend-910c", 64),
        ("ascend-910b4", 64),
        ("tpu-v2", 8),
        ("tpu-v3", 16),
        ("tpu-v4", 32),  # two cores, one device
        ("tpu-v5p", 95),
        ("tpu-v7x", 96),
        ("trainium1", 16),
        ("trainium2", 24),
        ("trainium3", 36),
        ("max-1550", 128),  # one or two devices, by a setting: the larger memory
        ("mi300x", 192),
        ("a100-sxm4-80gb", 80),
        ("tesla-m60", 8),
        ("h100-sxm5-64gb", 64),
        ("tenstorrent-wormhole-n300", 12),
        ("qualcomm-ai-100-ultra", 32),
        ("mtia-v1", None),
        ("sambanova-sn40l", 1536),  # HBM is a cache of the DDR
        ("tpu-8t", None),  # devices of a chip not known
        ("cerebras-wse2", None),  # weights stream in from outside
        ("graphcore-gc200", None),
        ("apple-m-series", None),
    ],
)
def test_memory_of_one_device(catalogue: Catalogue, name: str, memory: float | None) -> None:
    assert catalogue.by_id[name].facts["device_memory_gb"] == memory


def test_what_does_not_apply_is_missing(catalogue: Catalogue) -> None:
    assert "fp8" not in catalogue.by_id["a100-sxm4-80gb"].facts
    assert "interconnect" not in catalogue.by_id["l4"].facts


def test_origin_of_a_fact(catalogue: Catalogue) -> None:
    own = Origin("a press report", "low", "2026-01-31")
    whole = ROW | {"confidence": "medium", "source": "a data sheet"}
    said = {"memory_gb": {"source": own.source, "confidence": own.confidence}, "target": "a header"}
    (row,) = read_vendor("x", vendor(whole | {"sources": said}))
    assert row.origin("memory_gb") == own
    assert row.origin("target") == Origin("a header", "medium", "2026-01-31")
    assert row.origin("bf16_native") == row.origin("device_memory_gb") == Origin("a data sheet", "medium", "2026-01-31")
    (row,) = read_vendor("x", vendor(whole | {"date": "2026-02-28"}))
    assert row.origin("target").date == "2026-02-28"
    assert catalogue.by_id["b30a"].origin("announced").confidence == "low"


def test_an_origin_is_of_a_stated_fact(catalogue: Catalogue) -> None:
    strays = [(chip.id, fact) for chip in catalogue.accelerators for fact in chip.sources if fact not in chip.facts]
    assert strays == []


def test_notes_of_the_vendor_hold_for_each(catalogue: Catalogue) -> None:
    assert all("ROCm build" in chip.notes for chip in catalogue.accelerators if chip.vendor == "amd")


# Strict reading


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (vendor(ROW | {"bf16_nativ": True}), "unknown key 'bf16_nativ'; did you mean 'bf16_native'?"),
        (vendor(ROW | {"bf16_native": "yes"}), "'bf16_native' is 'yes'; it must be true, false or \"?\""),
        (vendor(ROW | {"p2p": "sometimes"}), "'p2p' is 'sometimes'; it must be true, false, \"nvlink\" or \"?\""),
        (vendor(ROW | {"memory_gb": "80"}), "'memory_gb' is '80'; it must be a number above 0"),
        (vendor(ROW | {"memory_gb": True}), "'memory_gb' is True; it must be a number"),
        (vendor(ROW | {"memory_gb": -1}), "'memory_gb' is -1; it must be a number"),
        (
            vendor(ROW | {"released": "2024-5"}),
            "'released' is '2024-5'; it must be a day, month or year as \"2024-05-17\"",
        ),
        (vendor(ROW | {"target": 90}), "'target' is 90; it must be a text"),
        (vendor(ROW | {"tpp": 4800}), "unknown key 'tpp'"),  # computed, never written
        (vendor(ROW | {"segment": "data center"}), "'data center' is none of datacenter"),
        (vendor(ROW | {"confidence": "sure"}), "'sure' is none of high"),
        (vendor(ROW | {"stated": {"tpp": "4800"}}), "'tpp' must be a number"),
        (vendor(ROW | {"sources": {"memory": "x"}}), "unknown key 'memory'"),
        (vendor(ROW | {"sources": {"memory_gb": 80}}), "sources: memory_gb: 'source' must be text"),
        (vendor(ROW | {"sources": {"memory_gb": {"source": "x", "sure": "low"}}}), "memory_gb: unknown key 'sure'"),
        (vendor(ROW | {"sources": {"memory_gb": {"source": "x", "confidence": "ok"}}}), "memory_gb: confidence 'ok'"),
        (vendor(ROW | {"date": "today"}), "'date' must be a day"),
        (vendor({key: value for key, value in ROW.items() if key != "source"}), "'source' must be text and is missing"),
        (vendor(accelerators={"X_1": ROW}), "an accelerator's id is kebab-case"),
        (vendor(accelerators={"x1": "X1"}), "'x1' must be a table"),
        (vendor(date="January"), "'date' must be a day"),
        (vendor(vendor="y"), "'vendor' must be 'x', as the file is named"),
        (vendor(chips={}), "unknown key 'chips'"),
    ],
)
def test_a_wrong_table_is_refused_with_its_mend(table: dict[str, object], message: str) -> None:
    with pytest.raises(TableError) as refusal:
        read_vendor("x", table)
    assert message in str(refusal.value)
    assert "catalogue/x.toml" in str(refusal.value)


def test_an_id_is_used_once() -> None:
    with pytest.raises(TableError, match="accelerator ids used twice: x1"):
        build_catalogue({"x": vendor(), "y": vendor(vendor="y")}, {})


# Conditions


@pytest.mark.parametrize(
    ("where", "inside", "outside"),
    [
        ([], "tesla-k80", None),
        (["bf16_native=true"], "h20-96gb", "v100-sxm2-32gb"),
        (["bf16_native=true"], "mi100", "hygon-k100"),  # unknown is not true
        (["bf16_native=false"], "v100-sxm2-32gb", "hygon-k100"),  # nor false
        (["memory_gb_at_least=80"], "a100-sxm4-80gb", "a100-sxm4-40gb"),
        (["memory_gb=80"], "a100-sxm4-80gb", "h200-sxm5-141gb"),
        (["memory_gb_at_most=80"], "a100-sxm4-40gb", "mlu590"),
        (["vendor=nvidia,amd"], "mi300x", "gaudi2"),
        (["vendor=NVIDIA", "architecture=hopper"], "h20-96gb", "a100-sxm4-80gb"),
        (["vendor=nvidia", "target_at_least=sm_80"], "a100-sxm4-80gb", "t4"),
        (["vendor=nvidia", "targets=8.0;9.0"], "h100-sxm5-80gb", "b200"),
        (["named=H20"], "h20-3e-141gb", "h200-sxm5-141gb"),
        (["gpudirect_rdma=equiv"], "mi300x", "h100-sxm5-80gb"),
        (["tpp_at_least=4800", "marketed_dc=true"], "a100-sxm4-40gb", "rtx-4090"),
        (["vendor_name=Alibaba T-Head"], "thead-ppu", "mlu590"),
        (["vendor=Alibaba T-Head"], "thead-ppu", "mlu590"),
        (["bf16=yes"], "h20-96gb", "v100-sxm2-32gb"),  # the table's column
        (["bf16_at_least=900"], "h100-sxm5-80gb", "h20-96gb"),  # the rate
        (["fp8=false"], "v100-sxm2-32gb", "h20-96gb"),
        (["memory=80"], "a100-sxm4-80gb", "h200-sxm5-141gb"),
        (["memory_at_least=80"], "h200-sxm5-141gb", "a100-sxm4-40gb"),
        (["TPP_at_least=4800"], "a100-sxm4-40gb", "tesla-k80"),
        (["name=H20"], "h20-3e-141gb", "h200-sxm5-141gb"),
        (["name=h100 pcie 80gb"], "h100-pcie-80gb", "h100-sxm5-80gb"),
        (["named=hopper"], "h20-96gb", "a100-sxm4-80gb"),
        (["family=h20"], "h20-96gb", "h200-sxm5-141gb"),
        (["confidence=high"], "a100-sxm4-80gb", "thead-ppu"),
        (["released_at_least=2024"], "b200", "a100-sxm4-80gb"),
        (["released_at_most=2020"], "a100-sxm4-40gb", "b200"),
    ],
)
def test_select(catalogue: Catalogue, where: list[str], inside: str, outside: str | None) -> None:
    chosen = {chip.id for chip in select(catalogue, where)}
    assert inside in chosen
    assert outside not in chosen


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("bf16_native", "write it as fact=value"),
        ("bf16_native=", "write it as fact=value"),
        ("bf16_nativ=true", "did you mean 'bf16_native'?"),
        ("bf16_native=maybe", "bf16_native is true, false"),
        ("memory_gb_at_least=lots", "takes a number"),
        ("vendor=nvida", "no accelerator has it; did you mean 'nvidia'?"),
        ("named=h2O", "no accelerator is called 'h2O'; did you mean 'H20'?"),
        ("name=nobody", "`chipsieve accelerators` lists them"),
        ("stated=1", "unknown fact 'stated'; `chipsieve accelerators --facts` lists them"),
        ("release_at_least=2024", "did you mean 'released_at_least'?"),
        ("released_at_least=soon", "write a day, month or year"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_mend(catalogue: Catalogue, condition: str, message: str) -> None:
    with pytest.raises(TableError) as refusal:
        select(catalogue, [condition])
    assert message in str(refusal.value)
    assert str(refusal.value).startswith("--where")


@pytest.mark.parametrize(
    ("day", "limit", "certain"),
    [
        ("2024-05", "released_at_least=2024", True),
        ("2024", "released_at_least=2024-03", False),
        ("2024", "released_at_most=2024-03", False),
        ("2024-03-31", "released_at_most=2024-03", True),
        ("2024-04", "released_at_most=2024-03", False),
        ("2023", "released_at_most=2024-03", True),
        ("?", "released_at_most=2030", False),
    ],
)
def test_a_day_that_is_not_known_well_enough_meets_no_limit(day: str, limit: str, certain: bool) -> None:
    small = build_catalogue({"x": vendor(ROW | {"released": day})}, {})
    assert bool(select(small, [limit])) is certain


# Names


@pytest.mark.parametrize(
    ("word", "accelerators"),
    [
        ("H20", "h20-96gb h20-3e-141gb h20-nvl16"),
        ("NVIDIA A100-SXM4-80GB", "a100-sxm4-80gb"),
        ("NVIDIA H100 80GB HBM3", "h100-sxm5-80gb"),
        ("Tesla V100-SXM2-32GB", "v100-sxm2-32gb"),
        ("NVIDIA GeForce RTX 4090", "rtx-4090"),
        ("AMD Instinct MI250X", "mi250x"),
        ("mi250", "mi250 mi250x"),
        ("a100_80gb", "a100-sxm4-80gb a100-pcie-80gb"),
        ("a100-80g", "a100-sxm4-80gb a100-pcie-80gb"),
        ("a100_sxm4", "a100-sxm4-40gb a100-sxm4-64gb a100-sxm4-80gb"),
        ("v100-16g", "v100-sxm2-16gb v100-pcie-16gb"),
        ("h100sxm", "h100-sxm5-64gb h100-sxm5-80gb h100-sxm5-96gb"),
        ("rtx3090", "rtx-3090"),
        ("3090", "rtx-3090"),
        ("10de:2329", "h20-96gb"),
        (f"{989e12:g}", "h100-sxm5-80gb h800-sxm5-80gb h200-sxm5-141gb gh200-96gb gh200-144gb"),
        ("small-g", "mi250x"),
        ("2080ti", "rtx-2080-ti"),
        ("quadro_rtx_8000", "quadro-rtx-8000"),
        ("gtx1080ti", "gtx-1080-ti"),
        ("rtx6000", f"quadro-rtx-6000 rtx-6000-ada {RTX_PRO_6000}"),
        ("910B", "ascend-910b1 ascend-910b2 ascend-910b3 ascend-910b4"),
        ("Ascend910B", "ascend-910a ascend-910b1 ascend-910b2 ascend-910b3 ascend-910b4"),
        ("Ascend910B3", "ascend-910b3"),
        ("Ascend910ProA", "ascend-910a"),
        ("Ascend910_9382", "ascend-910c"),
        ("Atlas 800T A2", "ascend-910b1 ascend-910b2 ascend-910b3 ascend-910b4"),
        ("k100", "hygon-k100 hygon-k100-ai kunlun-k100"),
        ("K100_AI", "hygon-k100-ai"),
        ("hpu", "gaudi1 gaudi2 gaudi3 gaudi3-china"),
        ("v3-8", "tpu-v3"),
        ("v4-128", "tpu-v4"),
        ("v5litepod-16", "tpu-v5e"),
        ("TPU v3", "tpu-v3"),
        ("trn2.48xlarge", "trainium2"),
        ("ml.p4d.24xlarge", "a100-sxm4-40gb"),
        ("p5en.48xlarge", "h200-sxm5-141gb"),
        ("Standard_ND96isr_H100_v5", "h100-sxm5-80gb"),
        ("a2-ultragpu-8g", "a100-sxm4-80gb"),
        ("nvidia-h100-mega-80gb", "h100-sxm5-80gb"),
        ("P800", "kunlun-p800"),
        ("RTX3060", "rtx-3060"),
        ("GeForce RTX 3060", "rtx-3060"),
        ("NVIDIA GeForce RTX 3060 Ti", "rtx-3060-ti"),
        ("3060Ti", "rtx-3060-ti"),
        ("rtx_3070", "rtx-3070"),
        ("RTX 3080", "rtx-3080-10gb rtx-3080-12gb"),
        ("rtx3080ti", "rtx-3080-ti"),
        ("NVIDIA GeForce RTX 4070 Ti SUPER", "rtx-4070-ti-super"),
        ("4070-super", "rtx-4070-super"),
        ("rtx-4060", "rtx-4060"),
        ("RTX 5060 Ti", "rtx-5060-ti"),
        ("NVIDIA GeForce RTX 5070", "rtx-5070"),
        ("gtx1070", "gtx-1070"),
        ("GTX 1660 Super", "gtx-1660"),
        ("GeForce GTX 1660 Ti", "gtx-1660-ti"),
        ("rtx2080", "rtx-2080"),
        ("2080 SUPER", "rtx-2080-super"),
        ("TITAN X (Pascal)", "titan-x-pascal"),
        ("NVIDIA TITAN X", "gtx-titan-x-maxwell titan-x-pascal titan-xp"),
        ("Tesla M60", "tesla-m60"),
        ("Tesla P100-PCIE-12GB", "tesla-p100-pcie-12gb"),
        ("P100-PCIE", "tesla-p100-pcie-12gb tesla-p100-pcie-16gb"),
        ("quadro_rtx_5000", "quadro-rtx-5000"),
        ("RTX 5000", "quadro-rtx-5000 rtx-5000-ada rtx-pro-5000-blackwell"),
        ("NVIDIA RTX A4500", "rtx-a4500"),
        ("RTX A2000", "rtx-a2000"),
        ("RTX 4500 Ada Generation", "rtx-4500-ada"),
        ("NVIDIA RTX PRO 4500 Blackwell", "rtx-pro-4500-blackwell"),
        ("NVIDIA A100-SXM-64GB", "a100-sxm4-64gb"),
        ("A100 64GB", "a100-sxm4-64gb"),
        ("H100 64GB", "h100-sxm5-64gb"),
        ("A800-SXM4-40GB", "a800-sxm4-40gb"),
        ("NVIDIA H800 NVL", "h800-nvl"),
        ("10de:230e", "h20-nvl16"),
        ("leonardo", "a100-sxm4-64gb"),
        ("MareNostrum 5", "h100-sxm5-64gb"),
        ("Jetson AGX Orin", "jetson-orin"),
        ("jetson-thor", "jetson-thor"),
        ("AMD Radeon RX 6900 XT", "rx-6900-xt"),
        ("7900XT", "rx-7900-xt"),
        ("Radeon PRO W7800", "radeon-pro-w7800"),
        ("Strix Halo", "strix-halo"),
        ("AMD Instinct MI430X", "mi430x"),
        ("TPU 8t", "tpu-8t"),
        ("Ascend310B4", "ascend-310b"),
        ("Ascend 910", "ascend-910a ascend-910b1 ascend-910b2 ascend-910b3 ascend-910b4 ascend-910c"),
        ("R480-X8", "kunlun-r200"),
        ("MTT S80", "mtt-s80"),
        ("SambaNova SN40L", "sambanova-sn40l"),
        ("wormhole_n300", "tenstorrent-wormhole-n300"),
        ("MTIA v2", "mtia-v2"),
        ("MN-Core 2", "mn-core-2"),
        ("Cloud AI 100", "qualcomm-ai-100"),
        ("azure maia 200", "maia-200"),
    ],
)
def test_names(catalogue: Catalogue, word: str, accelerators: str) -> None:
    assert catalogue.names[word] == set(accelerators.split())


@pytest.mark.parametrize(
    "word",
    [
        *("a1000", "gpu", "cuda", "h2o", "b2", "large", "v3", "", "tpu 8"),
        *("3060", "3070", "2080", "4070", "5070", "1070", "970", "n150", "p150", "s80", "m100", "r300", "l600", "sn10"),
        *("8060s", "thor", "orin", "xavier", "wormhole", "blackhole", "maia"),
    ],
)
def test_words_that_name_nothing(catalogue: Catalogue, word: str) -> None:
    assert word not in catalogue.names


def test_a_word_means_one_family_but_where_people_mean_several(catalogue: Catalogue) -> None:
    """Numbers are peak rates that programs hold; the rest is what vendors, clouds and machines call by one name."""
    several = (
        "rtx4000 rtx5000 rtx6000 titanx mi200 mi200series mi300 mi350 mi400series vega20 volta32gb ndv5 abci adastra "
        "jeanzay tpu tpuv5 tpuv8 tpudevice cloudtpu googletpu trainium gaudi hpu habana habanalabs datacentergpumax "
        "pvc pontevecchio ascend910 ascend910b 昇腾910 huaweiascend910 huaweiascend910b huawei.com/ascend910 dcu "
        "hygondcu k100 enflamegcu sambanova sambanovardu tenstorrent mtia metamtia azuremaia microsoftmaia"
    )
    table = load_toml(dict(toml_tables("catalogue"))["names"])
    rows = cast("list[Mapping[str, list[str]]]", table["name"])
    words = {normal(word) for row in rows for word in row["words"] if not re.fullmatch(r"[\d.e+]+", word)}
    families = {word: {catalogue.by_id[id_].family for id_ in catalogue.names[word]} for word in words}
    assert {word for word, meant in families.items() if len(meant) > 1} == set(several.split())


def test_a_family_has_one_vendor(catalogue: Catalogue) -> None:
    vendors: dict[str, set[str]] = {}
    for chip in catalogue.accelerators:
        vendors.setdefault(chip.family, set()).add(chip.vendor)
    assert [family for family, several in vendors.items() if len(several) > 1] == []


def test_every_accelerator_has_a_name(catalogue: Catalogue) -> None:
    assert set().union(*catalogue.names.values()) == set(catalogue.by_id)


def test_rows_with_one_word_add_up() -> None:
    rows = {"name": [{"words": ["a"], "accelerators": ["x-*"]}, {"words": ["A"], "accelerators": ["y"]}]}
    assert dict(read_names(rows, ["x-1", "x-2", "y", "z"])) == {"a": {"x-1", "x-2", "y"}}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"words": ["a"], "accelerators": ["y-*"]}, "no accelerator's id fits 'y-*'"),
        ({"words": ["a"]}, "'accelerators' is missing"),
        ({"accelerators": ["x"]}, "'words' is missing"),
        ({"words": ["-"], "accelerators": ["x"]}, "holds an empty word"),
        ({"word": ["a"], "accelerators": ["x"]}, "did you mean 'words'?"),
    ],
)
def test_a_wrong_row_of_names_is_refused(row: dict[str, object], message: str) -> None:
    with pytest.raises(TableError) as refusal:
        read_names({"name": [row]}, ["x"])
    assert message in str(refusal.value)
    assert "catalogue/names.toml: name 1" in str(refusal.value)


@given(st.sampled_from(sorted(load_catalogue().names)), st.data())
def test_case_and_separators_do_not_count(word: str, data: st.DataObject) -> None:
    names = load_catalogue().names
    separators = data.draw(st.lists(st.sampled_from(["", " ", "-", "_", "  "]), min_size=len(word), max_size=len(word)))
    spelled = "".join(char + separator for char, separator in zip(word, separators, strict=True))
    assert names[spelled.upper()] == names[word]


def test_names_are_a_mapping_of_normal_forms(catalogue: Catalogue) -> None:
    assert len(catalogue.names) == len(list(catalogue.names)) > 0
    assert all(word == normal(word) for word in catalogue.names)


# Reports


def test_text_is_aligned_and_tells_unknown_from_inapplicable(catalogue: Catalogue) -> None:
    chips = (*select(catalogue, ["named=910b"]), catalogue.by_id["mlu590"], catalogue.by_id["gaudi2"])
    lines = as_text(chips).splitlines()
    assert " ".join(lines[0].split()) == (
        "id name vendor architecture target memory bf16 fp8 released TPP controlled confidence"
    )
    assert len({line.index("medium") for line in lines if "medium" in line}) == 1
    unknown = next(line for line in lines if line.startswith("mlu590")).split()
    assert unknown[-4:] == ["2023-12", "?", "?", "low"]
    assert ">=6920" in next(line for line in lines if line.startswith("gaudi2"))
    assert lines[-1] == f"{len(chips)} accelerators"


@pytest.mark.parametrize(
    ("width", "left_out"), [(0, []), (200, []), (80, ["name"]), (40, ["name", "vendor", "TPP"]), (10, ["memory"])]
)
def test_a_table_has_the_columns_that_fit(catalogue: Catalogue, width: int, left_out: list[str]) -> None:
    head, *lines = as_text(select(catalogue, ["named=h20"]), width).splitlines()
    assert head.split()[0] == "id"
    assert [name for name in left_out if name in head.split()] == []
    assert bool(left_out) == any(line.startswith("Columns that do not fit:") for line in lines)
    assert len(head) <= (width or len(head)) or head == "id"
    assert sum(line.startswith("h20-") for line in lines) == 3


def test_text_of_none_and_of_one(catalogue: Catalogue) -> None:
    assert as_text([]).endswith("\n\n0 accelerators\n")
    assert as_text([catalogue.by_id["t4"]]).endswith("\n1 accelerator\n")


def test_json_holds_every_fact_with_its_origin(catalogue: Catalogue) -> None:
    rows = {row["id"]: row for row in json.loads(as_json(catalogue.accelerators))}
    assert list(rows) == list(catalogue.by_id)
    for chip in catalogue.accelerators:
        row = rows[chip.id]
        assert row["facts"] == chip.facts
        assert (row["source"], row["confidence"], row["date"]) == (chip.source, chip.confidence, chip.date)
        assert {fact: Origin(**origin) for fact, origin in row["sources"].items()} == chip.sources
    assert rows["mlu590"]["facts"]["memory_gb"] is None
    assert "fp8" not in rows["a100-sxm4-80gb"]["facts"]


# The format page


def test_the_format_page_describes_every_fact() -> None:
    described = set(re.findall(r"`([a-z0-9_]+)`", FORMAT_PAGE.read_text(encoding="utf-8")))
    assert {*TEXTS, *NUMBERS, *BOOLEANS, *DERIVED_TEXTS, *DERIVED_NUMBERS, *DERIVED_BOOLEANS} <= described


def test_no_fact_has_two_kinds() -> None:
    assert len(set(STATED)) == len(STATED)
