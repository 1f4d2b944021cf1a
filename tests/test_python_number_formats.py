"""Is a number format found that a table, an attribute of `torch` or of `self`, or a switch chooses?"""

from __future__ import annotations

import pytest

from python_reading import read, seen, signal_table

TABLE = signal_table({
    "tensor": [{"kind": "name", "names": ["torch.bfloat16", "jax.numpy.bfloat16"]}],
    "cast": [
        {"kind": "call", "names": ["torch.autocast"], "keyword": "dtype", "argument": 1, "values": ["bfloat16"],
         "beside": {"device_type": "cuda"}},
        {"kind": "call", "names": ["torch.autocast"], "keyword": "dtype", "argument": 1, "values": ["bfloat16"],
         "beside": {"0": "cuda"}},
    ],
})  # fmt: skip
IMPORTS = "import torch\nimport jax.numpy as jnp\n"
FORMATS = "FORMATS = {'bf16': torch.bfloat16, 'fp16': torch.float16}\n"


def stated(code: str, *signals: str) -> list[str]:
    """The findings behind the imports, without those that are mentions."""
    found = seen(read(IMPORTS + code, table=TABLE), *signals)
    return [line.split(" ", 1)[1] for line in found if not line.endswith("mention]")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{FORMATS}x = FORMATS[args.dtype]", ["tensor [option dtype in bf16]"]),
        (f"{FORMATS}x = FORMATS.get(args.dtype)", ["tensor [option dtype in bf16]"]),
        (f"{FORMATS}x = FORMATS.get(args.dtype, torch.float32)", ["tensor [option dtype in bf16]"]),
        ("x = {'fp16': torch.float16}.get(args.d, torch.bfloat16)", ["tensor [not option d in fp16]"]),
        (f"{FORMATS}kind = 'bf16'\nx = FORMATS[kind]", ["tensor []"]),
        (f"{FORMATS}kind = 'fp16'\nx = FORMATS.get(kind)", []),
        (f"{FORMATS}x = FORMATS[kind()]", ["tensor [unknown]"]),
        ("x = {'bf16': torch.bfloat16}[cfg.dtype]", ["tensor [option dtype in bf16]"]),
        ("x = {None: None, 'bf16': torch.bfloat16}[cfg.dtype]", ["tensor [option dtype in bf16]"]),
        ("kinds = {'bf16': torch.bfloat16}", []),
        ("x = getattr(torch, cfg.dtype)", ["tensor [option dtype in bfloat16]"]),
        ("x = getattr(torch, cfg.dtype.split('.')[-1])", ["tensor [option dtype in bfloat16]"]),
        ("x = getattr(jnp, cfg.param_dtype)", ["tensor [option param_dtype in bfloat16]"]),
        ("x = getattr(torch, 'bfloat16')", ["tensor []"]),
        ("dtype = 'float16'\nx = getattr(torch, dtype)", []),
        ("x = getattr(torch, device_type)", []),
        ("x = getattr(torch, 'npu', None)", []),
        ("x = getattr(args, 'dtype')", []),
    ],
)
def test_a_format_is_used_where_it_is_chosen(code: str, expected: list[str]) -> None:
    assert stated(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("torch.autocast('cuda', dtype=torch.bfloat16)", ["cast []"]),
        ("torch.autocast('cuda', dtype=torch.bfloat16, enabled=args.amp)", ["cast [option amp]"]),
        ("torch.autocast('cuda', dtype=torch.bfloat16, enabled=False)", ["cast [never]"]),
        ("torch.autocast('cuda', torch.bfloat16, enabled=True)", ["cast []"]),
        ("torch.autocast('cpu', dtype=torch.bfloat16)", []),
        ("torch.autocast(device_type=kind(), dtype=torch.bfloat16)", []),
        (
            "d = 'cuda' if args.gpu else 'cpu'\ntorch.autocast(device_type=d, dtype=torch.bfloat16)",
            ["cast [option gpu]"],
        ),
        (
            "d = 'cuda' if 'cuda' in args.device else 'cpu'\ntorch.autocast(d, dtype=torch.bfloat16)",
            ["cast [any(option device in cuda, unknown)]"],
        ),
        ("d = f'cuda:{r}'\nt = 'cuda' if 'cuda' in d else 'cpu'\ntorch.autocast(t, torch.bfloat16)", ["cast []"]),
        (
            "d = f'{r}:0'\nt = 'cuda' if d.startswith('c') else 'cpu'\ntorch.autocast(t, torch.bfloat16)",
            ["cast [unknown]"],
        ),
        ("d = 'cuda:0'\nt = 'cuda' if d.startswith('cuda') else 'cpu'\ntorch.autocast(t, torch.bfloat16)", ["cast []"]),
        ("d = 'cpu'\nt = 'cuda' if 'cuda' in d else 'cpu'\ntorch.autocast(t, torch.bfloat16)", []),
    ],
)
def test_a_cast_takes_effect_on_its_device_and_where_it_is_switched_on(code: str, expected: list[str]) -> None:
    assert stated(code, "cast") == expected


CLASS = """\
class Trainer:
    shared = torch.bfloat16
    def step(self):
        torch.autocast("cuda", dtype=self.{name}, enabled={enabled})
    def __init__(self, cfg, given):
        self.plain = torch.bfloat16
        self.chosen = {{"bf16": torch.bfloat16, "fp16": torch.float16}}[cfg.precision]
        self.given = given
        self.changed = torch.bfloat16
        self.amp = cfg.use_amp
        self.off = False
    def reset(self):
        if self.x:
            self.changed = torch.float32
"""


@pytest.mark.parametrize(
    ("name", "enabled", "expected"),
    [
        ("plain", "True", ["cast [call Trainer.step]"]),
        ("shared", "True", ["cast [call Trainer.step]"]),
        ("chosen", "True", ["cast [call Trainer.step; option precision in bf16]"]),
        ("plain", "self.amp", ["cast [call Trainer.step; option use_amp]"]),
        ("plain", "self.off", ["cast [call Trainer.step; option off]"]),
        ("given", "True", ["cast [call Trainer.step; option given in bfloat16]"]),
        ("changed", "True", ["cast [call Trainer.step; option changed in bfloat16]"]),
    ],
)
def test_an_object_keeps_the_format_that_it_was_made_with(name: str, enabled: str, expected: list[str]) -> None:
    assert stated(CLASS.format(name=name, enabled=enabled), "cast") == expected
