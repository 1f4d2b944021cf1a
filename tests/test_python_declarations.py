"""Are the options of each way to declare them read with flag, name, default and choices?"""

from __future__ import annotations

import pytest

from python_reading import conditions, read, short

Expected = list[tuple[tuple[str, ...], str, str | None, str | None]]

DECLARED: dict[str, Expected] = {
    'p.add_argument("--bf16", action="store_true")': [(("--bf16",), "bf16", "false", "true")],
    'p.add_argument("--no-bf16", dest="bf16", action="store_false")': [(("--no-bf16",), "bf16", "true", "false")],
    'p.add_argument("-p", "--mixed-precision", default="bf16")': [
        (("-p", "--mixed-precision"), "mixed_precision", "bf16", None)
    ],
    'p.add_argument("--n", type=int, default=8)': [(("--n",), "n", "8", None)],
    'p.add_argument("--n")': [(("--n",), "n", "", None)],
    'p.add_argument("--n", default=None)': [(("--n",), "n", "", None)],
    'p.add_argument("--n", required=True)': [(("--n",), "n", None, None)],
    'p.add_argument("--n", default=compute())': [(("--n",), "n", None, None)],
    'p.add_argument("path")': [((), "path", "", None)],
    'p.add_argument("--x", action="store_const", const="bf16")': [(("--x",), "x", "", "bf16")],
    'p.add_argument("--bf16", nargs="?", const=True, default=False)': [(("--bf16",), "bf16", "false", "true")],
    'D = "fp16"\np.add_argument("--x", default=D)': [(("--x",), "x", "fp16", None)],
    'p.add_argument("--a", action=argparse.BooleanOptionalAction, default=True)': [
        (("--a",), "a", "true", "true"),
        (("--no-a",), "a", "true", "false"),
    ],
    'p.add_argument("--fp16", action="store_true")\np.set_defaults(fp16=True, other=1)': [
        (("--fp16",), "fp16", "true", "true"),
        ((), "other", "1", None),
    ],
    'from absl import flags\nflags.DEFINE_bool("bf16", False, "help")': [
        (("--bf16",), "bf16", "false", "true"),
        (("--nobf16",), "bf16", "false", "false"),
    ],
    'from absl import flags\nflags.DEFINE_string("dtype", "bfloat16", "help")': [
        (("--dtype",), "dtype", "bfloat16", None)
    ],
    '@click.option("--bf16/--no-bf16", default=False)\ndef main(bf16): pass': [
        (("--bf16",), "bf16", "false", "true"),
        (("--no-bf16",), "bf16", "false", "false"),
    ],
    '@click.option("--use-bf16", "bf16", is_flag=True)\ndef main(bf16): pass': [
        (("--use-bf16",), "bf16", "false", "true")
    ],
    "@app.command()\ndef main(x, bf16: bool = False, lr: float = 0.1): pass": [
        (("--bf16",), "bf16", "false", "true"),
        (("--no-bf16",), "bf16", "false", "false"),
        (("--lr",), "lr", "0.1", None),
    ],
    "@dataclass\nclass A:\n    bf16: bool = False\n    x: int\n    y: list = field(default_factory=list)": [
        (("--bf16",), "bf16", "false", "true"),
        (("--x",), "x", None, None),
        (("--y",), "y", None, None),
    ],
    "import tyro\ndef main(dtype: str = 'bf16', *, n=1): pass\ntyro.cli(main)": [
        (("--dtype",), "dtype", "bf16", None),
        (("--n",), "n", "1", None),
    ],
    "import fire\ndef main(dtype='bf16'): pass\nfire.Fire({'train': main})": [],
    "def main(dtype='bf16'): pass\nmain()": [],
    "@app.command()\ndef main(half: Annotated[bool, typer.Option('--use-half')] = True): pass": [
        (("--use-half",), "half", "true", "true"),
        (("--no-half",), "half", "true", "false"),
    ],
    '@click.argument("config")\ndef main(config): pass': [((), "config", "", None)],
    "class A(NamedTuple):\n    dtype: str = 'bf16'": [(("--dtype",), "dtype", "bf16", None)],
    "class TrainConfig:\n    dtype: str = 'bf16'": [(("--dtype",), "dtype", "bf16", None)],
    "def get_config():\n    c = ConfigDict()\n    c.dtype = 'bf16'\n    if fast: c.n = 1\n    d.x = 2": [
        (("--c.dtype",), "dtype", "bf16", None),
        (("--c.n",), "n", None, None),
    ],
    "_C = CN()\n_C.MODEL = CN()\n_C.MODEL.DTYPE = 'bf16'": [(("--_C.MODEL.DTYPE",), "MODEL.DTYPE", "bf16", None)],
    "args = Namespace(bf16=True, model=dict(depth=2))": [
        (("--args.bf16",), "bf16", "true", None),
        (("--args.model.depth",), "model.depth", "2", None),
    ],
    '@hydra.main(config_path="conf", config_name="train")\ndef main(cfg): pass': [
        (("--config-path", "-cp"), "config_path", "conf", None),
        (("--config-name", "-cn"), "config_name", "train", None),
    ],
    "@dataclass(frozen=True)\nclass A:\n    dtype: str = field(default='bf16')": [
        (("--dtype",), "dtype", "bf16", None),
    ],
    "class A(TrainingArguments):\n    bf16: bool = True": [
        (("--bf16",), "bf16", "true", "true"),
        (("--no_bf16", "--no-bf16"), "bf16", "true", "false"),
    ],
    "class A(BaseModel):\n    dtype: str = Field('bf16', description='d')": [(("--dtype",), "dtype", "bf16", None)],
    "class A:\n    bf16: bool = False": [],
    "add_argument = 1\nset_defaults()": [],
}


@pytest.mark.parametrize("code", DECLARED)
def test_declared_options(code: str) -> None:
    options = read(code + "\n").options
    assert [(option.flags, option.dest, option.default, option.stores) for option in options] == DECLARED[code]


def test_choices() -> None:
    code = """\
    from absl import flags
    p.add_argument("--a", choices=["bf16", "fp16", 8])
    flags.DEFINE_enum("b", "x", ["x", "y"], "help")
    @click.option("--c", type=click.Choice(["u", "v"]))
    def main(c): pass
    """
    assert [option.choices for option in read(code).options] == [("bf16", "fp16", "8"), ("x", "y"), ("u", "v")]


def test_a_default_takes_effect_where_the_option_keeps_it() -> None:
    code = """\
    p.add_argument("--config", default="ds.json", help="or other.json")
    """
    assert [list(map(short, item.conditions)) for item in read(code).references] == [["option config in ds.json"]]


def test_parameters_of_a_command_are_options_and_others_are_not() -> None:
    code = """\
    import torch
    @click.command()
    @click.option("--bf16", is_flag=True)
    def main(bf16):
        if bf16:
            use(torch.bfloat16)
    def other(bf16):
        if bf16:
            use(torch.bfloat16)
    """
    assert [conditions(item) for item in read(code).findings] == ["call main; option bf16", "call other; unknown"]
