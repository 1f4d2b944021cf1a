"""Does every condition idiom of real training code become the condition that it means?"""

from __future__ import annotations

import pytest

from chipsieve.facts.conditions import Question
from python_reading import read, seen

# The idioms that guard a use of hardware in public training code, as look-alikes: `line signal [conditions]` per use.
GUARDED = {
    "conditional-expression": (
        """\
        import torch
        dtype = torch.bfloat16 if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else torch.float16
        model.to(dtype)
        """,
        ["2 bf16 [hardware; hardware]", "3 bf16 [hardware; hardware]"],
    ),
    "early-returns-after-variable": (
        """\
        import os, torch
        def pick():
            wanted = os.environ.get("DTYPE")
            if wanted is not None:
                return {"bfloat16": torch.bfloat16, "float32": torch.float32}[wanted]
            if torch.cuda.is_available():
                if torch.cuda.get_device_capability() >= (8, 0):
                    return torch.bfloat16
                return torch.float32
            return torch.float32
        """,
        [
            "5 bf16 [call pick; variable DTYPE set; variable DTYPE in bfloat16]",
            "5 bf16 [call pick; variable DTYPE set; mention]",
            "8 bf16 [call pick; not variable DTYPE set; hardware; hardware]",
        ],
    ),
    "loader-returns-none": (
        """\
        import torch
        def load():
            try:
                major, _ = torch.cuda.get_device_capability()
                if major != 9:
                    return None
                from flash_attn import flash_attn_func
                return flash_attn_func
            except Exception:
                return None
        kernel = load()
        HAS_KERNEL = kernel is not None
        def attend(q):
            if HAS_KERNEL:
                kernel(q.bfloat16())
        """,
        [
            "7 flash [call load; hardware; import flash_attn]",
            "8 flash [call load; hardware; import flash_attn]",
            "15 bf16 [call attend; not unknown]",
        ],
    ),
    "wrapper-predicate": (
        """\
        import torch
        def has_capability(major, minor):
            return torch.cuda.get_device_capability() >= (major, minor)
        def kernel():
            if has_capability(9, 0):
                return torch.bfloat16
            return None
        """,
        ["6 bf16 [call kernel; hardware]"],
    ),
    "any-of-or-raise": (
        """\
        import torch
        def convert(config):
            if has_cuda_capability(8, 9) or config.emulate:
                pass
            else:
                raise ValueError("needs newer hardware")
            use(torch.bfloat16)
        """,
        ["7 bf16 [call convert; not all(not hardware, not option emulate)]"],
    ),
    "cascade-of-majors": (
        """\
        def choose():
            if get_device_capability()[0] >= 10:
                return 4
            elif is_flash_attn_2_available():
                from flash_attn import flash_attn_func
                return flash_attn_func
        """,
        [
            "5 flash [call choose; not hardware; import flash_attn]",
            "6 flash [call choose; not hardware; import flash_attn]",
        ],
    ),
    "inverted-operand": (
        """\
        import torch
        if not torch.cuda.is_available() or torch.cuda.is_bf16_supported():
            precision = torch.bfloat16
        else:
            precision = torch.float16
        """,
        ["3 bf16 [any(not hardware, hardware)]"],
    ),
    "auto-rewritten": (
        """\
        import torch
        def normalise(cfg):
            if cfg.bf16 == "auto":
                cfg.bf16 = torch.cuda.is_bf16_supported()
            if cfg.bf16:
                use(torch.bfloat16)
        """,
        ["6 bf16 [call normalise; any(all(not option bf16 in auto, option bf16), all(option bf16 in auto, hardware))]"],
    ),
    "flag-flipped-under-hardware": (
        """\
        import torch
        SUPPORTED = False
        HAS_FLASH = False
        if torch.version.cuda:
            major, minor = torch.cuda.get_device_capability()
            if major >= 8:
                SUPPORTED = True
                try:
                    from flash_attn import flash_attn_func
                    HAS_FLASH = True
                except:
                    HAS_FLASH = False
        if SUPPORTED:
            use(torch.bfloat16)
        if HAS_FLASH:
            flash_attn_func(q)
        """,
        [
            "9 flash [hardware; hardware; import flash_attn]",
            "14 bf16 [hardware; hardware]",
            "16 flash [hardware; hardware; import flash_attn]",
        ],
    ),
    "constant-in-try": (
        """\
        import torch
        try:
            import triton
            SUPPORTS_TMA = True
        except ImportError:
            SUPPORTS_TMA = False
        def f():
            if SUPPORTS_TMA:
                return torch.bfloat16
        """,
        ["9 bf16 [call f; import triton]"],
    ),
    "option-then-raise": (
        """\
        import torch
        def check(args):
            if args.bf16:
                if not (is_bf16_gpu_available() or is_torch_npu_available()):
                    raise ValueError("no bf16 here")
            model.bfloat16()
        """,
        ["6 bf16 [call check; not all(option bf16, not hardware, not hardware)]"],
    ),
    "elif-of-device-names": (
        """\
        def peak(device_name):
            if "H800" in device_name:
                return 989e12
            elif "A100" in device_name:
                return 312e12
            raise ValueError
        """,
        [
            "2 chip [call peak; hardware]",
            "3 peak [call peak; hardware; mention]",
            "4 chip [call peak; not hardware; hardware]",
            "5 peak [call peak; not hardware; hardware; mention]",
        ],
    ),
    "advice": (
        """\
        import torch
        if torch.cuda.is_bf16_supported():
            print("try --bf16", torch.bfloat16)
        if dtype == torch.float16 and is_ipex_available():
            use(torch.bfloat16)
        """,
        ["3 bf16 [hardware; mention]", "5 bf16 [unknown; hardware]"],
    ),
    "import-or-print": (
        """\
        try:
            import flash_attn
            from flash_attn.flash_attn_interface import flash_attn_kvpacked_func
        except Exception as e:
            print("no flash attention", e)
        def attend(q):
            return flash_attn_kvpacked_func(q)
        """,
        [
            "2 flash [import flash_attn]",
            "3 flash [import flash_attn; import flash_attn.flash_attn_interface]",
            "7 flash [call attend; import flash_attn; import flash_attn.flash_attn_interface]",
        ],
    ),
    "enabled-false": ('config = {"fp16": {"enabled": True}, "bf16": {"enabled": False}}\n', []),
    "choices-and-table": (
        """\
        import torch
        parser.add_argument("--save_dtype", choices=["bf16", "fp32"], default="fp32")
        names = {"bf16": torch.bfloat16, "fp32": torch.float32}
        model.to(names[args.save_dtype])
        """,
        ["3 bf16 [mention]", "4 bf16 [option save_dtype in bf16]"],
    ),
    "assertion-by-architecture": (
        """\
        import os, torch
        def check(args):
            if args.tp > 1 and torch.cuda.get_device_capability()[0] < 10:
                assert os.environ.get("NCCL_IB_HCA") == "1", "set it"
            model.bfloat16()
        """,
        ["5 bf16 [call check]"],
    ),
    "early-return-outside-list": (
        """\
        import torch
        def setup(self):
            if torch.cuda.get_device_properties(0).major not in [8, 9]:
                return
            self.dtype = torch.bfloat16
        """,
        ["5 bf16 [call setup; hardware]"],
    ),
    "commented-out": (
        """\
        # os.environ["NCCL_IB_HCA"] = "mlx5" on our A100 machines
        import os
        """,
        ["1 chip [mention]"],
    ),
    "variable-switch": (
        """\
        import os, torch
        if int(os.getenv("DISABLE_SM90", 0)):
            assert False, "not supported"
        else:
            use(torch.bfloat16)
        """,
        ["5 bf16 [not variable DISABLE_SM90]"],
    ),
    "set-of-device-names": (
        """\
        import os, torch
        name = torch.cuda.get_device_name()
        if name in {"NVIDIA A100-SXM4-40GB", "another"}:
            os.environ["NCCL_IB_DISABLE"] = "1"
        """,
        ["3 chip [hardware]", "4 fabric [hardware]"],
    ),
    "portable-fallback": (
        """\
        import jax.numpy as jnp
        def gather(enforce_fallback, platform):
            if enforce_fallback or platform != "tpu":
                return portable(jnp.bfloat16)
            return fast(jnp.bfloat16)
        """,
        ["4 bf16 [call gather; any(unknown, not unknown)]", "5 bf16 [call gather; not unknown; unknown]"],
    ),
}

# One test of an `if`, and the condition that a use below it stands under.
TESTS = {
    "args.bf16": "option bf16",
    "not args.fp16": "not option fp16",
    "self.args.bf16": "option bf16",
    "self.use_bf16": "option use_bf16",
    "config.bf16.enabled": "option bf16.enabled",
    "args.a and args.b": "option a; option b",
    "args.a or args.b": "any(option a, option b)",
    'args.precision == "bf16"': "option precision in bf16",
    '"bf16" == args.precision': "option precision in bf16",
    'args.precision != "fp16"': "not option precision in fp16",
    'args.precision in ("bf16", "bf16-mixed")': "option precision in bf16|bf16-mixed",
    'args.precision not in ["fp16"]': "not option precision in fp16",
    'args.precision.lower() == "bf16"': "option precision in bf16",
    'args.precision.startswith("bf16")': "any(option precision in bf16, unknown)",
    '"bf16" in args.precision': "any(option precision in bf16, unknown)",
    "args.dtype == torch.bfloat16": "option dtype in torch.bfloat16",
    "args.dtype == SOMETHING": "unknown",
    "args.stage > 0": "option stage",
    "args.stage >= 2": "unknown",
    "args.bf16 is True": "option bf16",
    "args.bf16 is None": "not option bf16 set",
    "args.bf16 is not None": "option bf16 set",
    'getattr(args, "bf16", False)': "option bf16",
    'args["bf16"]': "option bf16",
    'config["bf16"]["enabled"]': "option bf16.enabled",
    'cfg.get("bf16")': "option bf16",
    "FLAGS.bf16": "option bf16",
    'os.environ.get("X") == "1"': "variable X in 1",
    'os.environ["X"] == "1"': "variable X in 1",
    'os.environ.get("X", "1") == "1"': "any(variable X in 1, not variable X set)",
    'os.environ.get("X", "0") == "1"': "variable X in 1",
    '"X" in os.environ': "variable X set",
    '"X" not in os.environ': "not variable X set",
    'os.getenv("X")': "variable X set",
    'bool(int(os.getenv("X", "0")))': "variable X",
    "torch.cuda.is_bf16_supported()": "hardware",
    "torch.cuda.get_device_capability() >= (8, 0)": "hardware",
    "torch.cuda.get_device_properties(0).major >= 8": "hardware",
    '"T4" not in torch.cuda.get_device_name()': "not hardware",
    "torch.version.hip": "hardware",
    "torch.version.hip is None": "hardware",
    'device.type == "cuda"': "hardware",
    'platform.machine() == "aarch64"': "hardware",
    "is_torch_npu_available()": "hardware",
    "supports_bf16(device)": "hardware",
    'importlib.util.find_spec("flash_attn") is not None': "import flash_attn",
    "is_flash_attn_2_available()": "import flash_attn",
    "any([args.a, args.b])": "any(option a, option b)",
    "parameter": "unknown",
    "TYPE_CHECKING": "never",
    "False": "never",
    "0": "never",
    "True": "",
    "1": "",
    '__name__ == "__main__"': "entry",
    "ON": "",
    "not ON": "never",
    'NET == "low"': "never",
    'NET == "high" and args.bf16': "option bf16",
}

PREAMBLE = "import importlib, os, platform, torch\nON = True\nNET = 'high'\ndef f(parameter): pass\nparameter = f(1)\n"


@pytest.mark.parametrize("idiom", GUARDED)
def test_a_guarded_use_stands_under_its_guard(idiom: str) -> None:
    code, expected = GUARDED[idiom]
    assert seen(read(code)) == expected


@pytest.mark.parametrize("test", TESTS)
def test_a_test_becomes_its_condition(test: str) -> None:
    found = seen(read(f"{PREAMBLE}if {test}:\n    use(torch.bfloat16)\n"))
    assert found[-1] == f"7 bf16 [{TESTS[test]}]"


@pytest.mark.parametrize("test", TESTS)
def test_else_is_the_opposite_and_both_are_never_true_together(test: str) -> None:
    found = read(f"{PREAMBLE}if {test}:\n    use(torch.bfloat16)\nelse:\n    use(torch.bfloat16)\n").findings
    then, otherwise = (set(item.conditions) for item in found if item.span.line in (7, 9))
    assert then != otherwise


def test_elif_negates_what_came_before() -> None:
    code = """\
    import torch
    if args.a:
        use(torch.bfloat16)
    elif args.b:
        use(torch.bfloat16)
    else:
        use(torch.bfloat16)
    """
    assert seen(read(code)) == [
        "3 bf16 [option a]",
        "5 bf16 [not option a; option b]",
        "7 bf16 [not option a; not option b]",
    ]


def test_early_exits_guard_the_rest_of_their_block_only() -> None:
    code = """\
    import sys, torch
    def f(args, items):
        for item in items:
            if args.skip:
                continue
            use(torch.bfloat16)
        use(torch.bfloat16)
        if not args.bf16:
            return
        use(torch.bfloat16)
        return
        use(torch.bfloat16)
    """
    assert seen(read(code)) == [
        "6 bf16 [call f; not option skip]",
        "7 bf16 [call f]",
        "10 bf16 [call f; option bf16]",
        "12 bf16 [call f; option bf16; never]",
    ]


def test_the_else_of_a_loop_is_passed_by_where_the_loop_breaks() -> None:
    code = """\
        import torch
        build = True
        for path in paths:
            if not found(path):
                {leave}
        else:
            build = False
            use(torch.bfloat16)
        if build:
            use(torch.bfloat16)
        """
    assert seen(read(code.format(leave="break"))) == [
        "8 bf16 [unknown]",
        "10 bf16 [not unknown]",
    ]
    assert seen(read(code.format(leave="pass"))) == ["8 bf16 []", "10 bf16 [never]"]


def test_a_run_that_stops_leaves_the_rest_certain_unless_hardware_was_asked() -> None:
    code = """\
    import sys, torch
    def f(args):
        if args.output is None:
            raise ValueError
        if not torch.cuda.is_available():
            sys.exit(1)
        use(torch.bfloat16)
        if not torch.cuda.is_bf16_supported():
            raise RuntimeError
        use(torch.bfloat16)
    """
    assert seen(read(code)) == ["7 bf16 [call f]", "10 bf16 [call f; hardware]"]


def test_a_swallowed_failure_makes_the_body_optional_and_a_raised_one_does_not() -> None:
    code = """\
    try:
        model.bfloat16()
    except Exception:
        model.bfloat16()
    try:
        model.bfloat16()
    except Exception:
        raise
    try:
        import flash_attn
    except ImportError as error:
        raise ImportError("install it") from error
    with suppress(ValueError):
        model.bfloat16()
    """
    assert seen(read(code)) == [
        "2 bf16 [unknown]",
        "4 bf16 [unknown]",
        "6 bf16 []",
        "10 flash []",
        "14 bf16 []",
    ]


def test_import_guards_hold_in_else_and_where_the_name_is_tested() -> None:
    code = """\
    from contextlib import suppress
    try:
        from flash_attn import flash_attn_func
    except ImportError:
        flash_attn_func = None
    else:
        model.bfloat16()
    if flash_attn_func is not None:
        model.bfloat16()
    with suppress(ImportError):
        import flash_attn
        model.bfloat16()
    model.bfloat16()
    """
    assert seen(read(code), "bf16") == [
        "7 bf16 [import flash_attn]",
        "9 bf16 [import flash_attn]",
        "12 bf16 [import flash_attn]",
        "13 bf16 []",
    ]


def test_functions_methods_and_classes_wait_to_be_called() -> None:
    code = """\
    import torch
    class Trainer:
        dtype = torch.bfloat16
        def step(self, dtype=torch.bfloat16):
            use(torch.bfloat16)
            def inner():
                use(torch.bfloat16)
            return lambda x: x.to(torch.bfloat16)
    """
    assert seen(read(code)) == [
        "3 bf16 [call Trainer]",
        "4 bf16 [call Trainer; unknown]",
        "5 bf16 [call Trainer.step]",
        "7 bf16 [call Trainer.step; call Trainer.step.inner]",
        "8 bf16 [call Trainer.step; unknown]",
    ]


def test_short_circuits_comprehensions_and_match() -> None:
    code = """\
    import torch
    args.bf16 and use(torch.bfloat16)
    args.fp16 or use(torch.bfloat16)
    xs = [torch.bfloat16 for x in items if args.bf16]
    match args.precision:
        case "bf16" | "bf16-mixed":
            use(torch.bfloat16)
        case torch.bfloat16:
            pass
        case _:
            use(torch.bfloat16)
    """
    assert seen(read(code)) == [
        "2 bf16 [option bf16]",
        "3 bf16 [not option fp16]",
        "4 bf16 [option bf16]",
        "7 bf16 [option precision in bf16|bf16-mixed]",
        "8 bf16 [mention]",
        "11 bf16 [not option precision in bf16|bf16-mixed; not unknown]",
    ]


def test_a_local_alias_keeps_the_question() -> None:
    code = """\
    import torch
    def f(args):
        wanted = args.bf16
        able = torch.cuda.is_bf16_supported()
        if wanted and able:
            use(torch.bfloat16)
    """
    assert seen(read(code)) == ["6 bf16 [call f; option bf16; hardware]"]


def test_an_assignment_that_is_made_again_is_certain_no_longer() -> None:
    code = """\
    import torch
    dtype = torch.bfloat16
    if args.fp16:
        dtype = torch.float16
    use(dtype)
    other = torch.bfloat16
    other = torch.float32
    if args.bf16 and not torch.cuda.is_bf16_supported():
        args.bf16 = False
    if args.bf16:
        use(torch.bfloat16)
    """
    assert seen(read(code)) == [
        "2 bf16 [not option fp16]",
        "5 bf16 [not option fp16]",
        "6 bf16 [unknown]",
        "11 bf16 [not all(option bf16, not hardware); option bf16]",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", "never"),
        ("def on():\n    global BF16\n    BF16 = True\n", "unknown"),
        ("if args.x:\n    BF16 = True\n", "option x"),
        ("for x in y:\n    BF16 = x\n", "unknown"),
        ('exec(open("configurator.py").read())\n', "option BF16"),
    ],
)
def test_a_module_constant_decides_unless_something_may_change_it(change: str, expected: str) -> None:
    code = f"import torch\nBF16 = False\n{change}def f():\n    if BF16:\n        use(torch.bfloat16)\n"
    assert [line.partition("[")[2] for line in seen(read(code))] == [f"call f; {expected}]"]


def test_constants_that_exec_may_replace_are_options() -> None:
    code = """\
    import torch
    dtype = "bfloat16"
    compile = True
    exec(open("configurator.py").read())
    chosen = {"bfloat16": torch.bfloat16, "float16": torch.float16}[dtype]
    if compile:
        model = torch.compile(model)
    """
    reading = read(code)
    assert [(option.flags, option.dest, option.default) for option in reading.options] == [
        (("--dtype",), "dtype", "bfloat16"),
        (("--compile",), "compile", "true"),
    ]
    assert seen(reading) == [
        "5 bf16 [option dtype in bfloat16]",
        "5 bf16 [mention]",
        "7 compiled [option compile]",
    ]


def test_conditions_carry_their_source_and_never_repeat() -> None:
    long = "torch.cuda.is_bf16_supported(" + "x" * 100 + ")"
    found = read(f"import torch\nif {long}:\n    if {long}:\n        use(torch.bfloat16)\n").findings
    tests = [test for item in found for test in item.conditions if isinstance(test, Question)]
    assert [(len(test.text), test.subject) for test in tests] == [(80, "hardware")]
