"""Is every reading found again exactly while what it depends on is the same: signals with its words, and code?"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest
from msgspec.structs import replace

from annotations import FILES, annotated
from chipsieve.match.table import default_table
from chipsieve.signals import read_signal
from chipsieve.signals.signal import Row, Signal
from chipsieve.sources.dependencies import OWN, READERS, UNREAD, Relevance, modules, packages
from chipsieve.sources.readers import read_source

READ = [path for path in FILES if path.parent.name not in ("cuda", "cmake")]
SIGNALS = default_table().signals
SHIPPED = Relevance(SIGNALS)
TEXT = "export NCCL_IB_HCA=mlx5_0\ntorchrun train.py --bf16 true\n"
PLUGINS = packages(entry_points(group=READERS))


def row(kind: str, *names: str) -> dict[str, object]:
    return {"kind": kind, "names": list(names)}


def made(name: str, *rows: dict[str, object]) -> Signal:
    whole = {
        "title": "a construct", "question": "What then?", "why": "because", "references": ["a test"], "step": "memory",
        "effect": "requires", "strength": "strong", "requires": {"vendor": "nvidia"}, "match": list(rows),
    }  # fmt: skip
    return read_signal(name, whole)


def changed(signals: Mapping[str, Signal], name: str) -> dict[str, Signal]:
    """The signals, one of them with another value in each row."""
    rows = tuple(replace(one, values=(*one.values, "another")) for one in signals[name].rows)
    return {**signals, name: replace(signals[name], rows=rows)}


HAND_MADE = {
    one.id: one
    for one in (
        made("a-variable", row("env", "NCCL_IB_HCA")),
        made("a-family", row("env", "NVTE_*")),
        made("a-flag", row("flag", "--bf16")),
        made("a-name", row("name", "torch.float8_e4m3fn")),
        made("a-method", row("call", "*.compile_kernel")),
        made("a-package", row("import", "flash_attn")),
        made("a-pin", row("pin", "Transformer.Engine")),
        made("a-key", row("key", "fp16.*.loss_scale")),
        made("two-rows", row("env", "ABSENT_NAME"), row("flag", "--amp-level")),
    )
}
TEXTS = {
    "a-variable": "export NCCL_IB_HCA=1",
    "a-family": "NVTE_FUSED=1 python t.py",
    "a-flag": "torchrun t.py --bf16",
    "a-name": "x.to(torch.float8_e4m3fn)",
    "a-method": "net.compile_kernel()",
    "a-package": "import flash_attn.ops",
    "a-pin": "transformer-engine==1.0",
    "a-key": "fp16: {dynamic: {loss_scale: 1}}",
    "two-rows": "t.py --amp_level 2",
}


@pytest.mark.parametrize("name", HAND_MADE)
def test_a_row_that_changes_touches_the_texts_with_its_words_alone(name: str) -> None:
    before, after = Relevance(HAND_MADE), Relevance(changed(HAND_MADE, name))
    assert before.all != after.all
    for other, text in TEXTS.items():
        assert (before.digest(text) == after.digest(text)) == (other != name), other


@pytest.mark.parametrize(("kind", "pattern"), [("literal", "^nvidia-smi$"), ("image", "rocm"), ("claim", "v100")])
def test_a_row_without_words_touches_every_text(kind: str, pattern: str) -> None:
    signals = {**HAND_MADE, "any": made("any", {"kind": kind, "pattern": pattern})}
    for text in (*TEXTS.values(), "", "nothing of all that"):
        assert Relevance(signals).digest(text) != Relevance(changed(signals, "any")).digest(text)


def test_of_the_shipped_signals_too_a_change_is_seen_where_it_may_matter() -> None:
    drawn = random.Random(4)  # noqa: S311 - which ones does not matter
    texts = {path: annotated(path).source.text for path in drawn.sample(READ, 12)}
    for path, text in texts.items():
        assert Relevance(changed(SIGNALS, path.stem)).digest(text) != SHIPPED.digest(text), path.stem
    plain = "print(1)\n"
    literal = [name for name, one in SIGNALS.items() if _worded(one.rows)]
    for name in drawn.sample(literal, 12):
        assert Relevance(changed(SIGNALS, name)).digest(plain) == SHIPPED.digest(plain), name


def _worded(rows: Sequence[Row]) -> bool:
    return all(one.names and one.kind in ("env", "flag", "import", "pin") for one in rows)


def test_what_a_reading_does_not_depend_on_makes_no_difference() -> None:
    name = "bf16-training"
    other = {**SIGNALS, name: replace(SIGNALS[name], strength="weak", title="other", requires={"vendor": "amd"})}
    assert Relevance(other).digest(TEXT) == Relevance(SIGNALS).digest(TEXT)


def test_another_signal_with_words_of_the_text_is_noticed() -> None:
    more = {**HAND_MADE, "more": made("more", row("env", "NCCL_IB_HCA"))}
    assert Relevance(more).digest(TEXT) != Relevance(HAND_MADE).digest(TEXT)
    far = {**HAND_MADE, "more": made("more", row("env", "HSA_OVERRIDE"))}
    assert Relevance(far).digest(TEXT) == Relevance(HAND_MADE).digest(TEXT)


def test_a_signal_that_is_renamed_is_noticed() -> None:
    old, new = ({name: made(name, row("env", "NCCL_IB_HCA"))} for name in ("old-name", "new-name"))
    assert Relevance(old).digest(TEXT) != Relevance(new).digest(TEXT)


@pytest.mark.parametrize("path", READ, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_signal_that_is_found_in_a_text_is_relevant_to_it(path: Path) -> None:
    """What the words tell loses nothing: a change of a signal reaches every text in which it was found."""
    source = annotated(path).source
    found = {item.signal for reading in read_source(source) for item in reading.findings}
    assert found
    assert found <= SHIPPED.of(source.text), sorted(found - SHIPPED.of(source.text))


def test_most_signals_are_told_by_words() -> None:
    assert len(SHIPPED.of("")) < len(SIGNALS) / 4


def imported(module: str) -> Iterator[str]:
    """The modules of ours that a module imports."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin
    for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (node.module, *(f"{node.module}.{part.name}" for part in node.names))
        elif isinstance(node, ast.Import):
            yield from (part.name for part in node.names)


def test_no_module_that_the_readers_build_on_is_left_out_of_the_key() -> None:
    waiting, seen = {f"{package}.__init__" for package in PLUGINS}, set[str]()
    while waiting:
        module = waiting.pop()
        if module.partition(".")[0] not in (OWN, *PLUGINS) or module in seen or not _is_module(module):
            continue
        seen.add(module)
        waiting |= set(imported(module))
    own = {name.removeprefix("chipsieve.") for name in seen if name.startswith("chipsieve.")}
    assert {"text", "signals.table"} <= own
    assert not {f"{name}.py" for name in own} & UNREAD - {"model.py"}, "model.py counts by the form of its types"
    assert {"semgrep", "link", "report"}.isdisjoint(name.partition(".")[0] for name in own)


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_every_module_of_the_readers_is_in_the_key() -> None:
    for package in PLUGINS:
        spec = find_spec(package)
        assert spec is not None
        folder = Path(str(spec.origin)).parent
        assert {name for name, _ in modules(package)} == {
            path.relative_to(folder).as_posix() for path in folder.rglob("*.py")
        }


def test_files_that_are_left_out_of_the_key_are_there() -> None:
    folder = Path(str(find_spec("chipsieve").origin)).parent  # type: ignore[union-attr] # it is installed
    assert {*UNREAD} <= {path.name for path in folder.iterdir()}
