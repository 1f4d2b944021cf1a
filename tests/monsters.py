"""Which programs would nobody write, and are programs all the same? Grammars of shell and Python, for Hypothesis."""

from __future__ import annotations

from textwrap import indent

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]
SHELL_NAMES = st.sampled_from(["A", "B_1", "NCCL_IB_HCA", "args", "i"])
SHELL_PLAIN = st.sampled_from([
    "a", "torchrun", "python", "--bf16", "-c", "train.py", "A=1", "é", "x=y", "{a,b}", "~", "*", "?", "1", "!", "=",
    "'it''s'", "'$A'", '"a b"', "\\;", "\\$A", "$'a\\n\\'b'", '$"t"', "a#b", "''", '""', "[a-z]", "a\\\n b", "in", "--",
    "then",
])  # fmt: skip
PYTHON_NAMES = st.sampled_from(["a", "b", "torch", "self", "os", "args", "é", "_", "match", "case", "type", "print"])
PYTHON_PLAIN = st.sampled_from([
    "1", "0x_f", "1e3j", "...", "None", "True", "'x'", 'b"\\x00"', "r'\\d'", "'''a\nb'''", "'a' 'b'", "f''", "-1",
    "f'{a!r:>{b}}'", 'f"{a=}"', "f'{{}}'", "rf'{a}\\n'", "u'x'", "[]", "()", "{}", "{**a}", "[*a]", "(a,)",
    "lambda: 0", "1_000",
])  # fmt: skip


def _of(pattern: str, *parts: Texts) -> Texts:
    """Texts of a pattern, `{}` for each part."""
    return st.tuples(*parts).map(lambda given: pattern.format(*given))


def _many(part: Texts, between: str, least: int = 0, most: int = 3) -> Texts:
    return st.lists(part, min_size=least, max_size=most).map(between.join)


def _shell_words(commands: Texts) -> Texts:
    """Words, with commands in substitutions."""
    name = SHELL_NAMES
    operand = SHELL_PLAIN.filter(
        lambda word: "'" not in word and '"' not in word and "\n" not in word and "}" not in word
    )
    return st.one_of(
        SHELL_PLAIN,
        _of("${}", name),
        _of('"${{{}}}"', name),
        _of("${{{}:-{}}}", name, operand),
        _of('"${{{}#{}}}"', name, st.sampled_from(["*", "a", "--", "[a-z]"])),
        _of("${{#{}}}", name),
        _of("${{{}[@]}}", name),
        _of("${{{}//a/b}}", name),
        _of("$(( {} + (1 << 2) ))", name),
        _of("$({})", commands),
        _of('"$({})"', commands),
        _of("$(\n{}\n)", commands),
        _of("<({})", commands),
        _of("$(cat <<'E'\n{} `\" ' $( \nE\n)", name),
        _of("$(cat <<-E | tr a b\n\ta ${}\n\tE\n)", name),
        _of("`echo {}`", name),
    )


def _shell_compound(commands: Texts, words: Texts) -> Texts:
    """Commands that hold others."""
    name, lines = SHELL_NAMES, _many(commands, "\n", 1)
    arm = _of("  {}) {} ;;\n", st.sampled_from(["a", "(a|b", "*", '"x y"', "$A", "[a-z]*", "-*|--bf16"]), commands)
    falling = _of("  a) {} ;&\n  b) ;;\n  *)\n{}\n", commands, commands)
    return st.one_of(
        _of("if {}; then\n{}\nelif {}; then {}\nelse\n{}\nfi", commands, lines, commands, commands, lines),
        _of("for {} in {}; do\n{}\ndone", name, _many(words, " "), lines),
        _of("for {}\ndo {}; done < /dev/null", name, commands),
        _of("for ((i=0; i<3; i++)); do {}; done", commands),
        _of("while {}; do {}; done", commands, commands),
        _of("until ! {}\ndo\n{}\ndone | {}", commands, lines, commands),
        _of("case {} in\n{}esac", words, _many(arm, "")),
        _of("case {} in\n{}esac > log", words, falling),
        _of("f() {{ {}\n}}", lines),
        _of("function g {{\n{}\n}} 2>&1", lines),
        _of("h()\n(\n{}\n)", lines),
        _of("f() case $1 in a) {};; esac", commands),
        _of("{{ {}; }}", commands),
        _of("( {} )", lines),
        _of("{} && {} || {}", commands, commands, commands),
        _of("{} | {} |& {}", commands, commands, commands),
        _of("! {}", commands),
        _of("time -p {}", commands),
        _of("{} &\nwait", commands),
        _of("select {} in {}; do {}; done", name, words, commands),
        _of("coproc {{ {}; }}", commands),
    )


def shell_programs() -> Texts:
    """Shell programs: here-documents in substitutions, `case` in functions, blocks in blocks; most are valid."""
    commands: Texts = st.deferred(lambda: simple | compound)
    words = _shell_words(commands)
    simple = st.one_of(
        _of(
            "{} {}",
            SHELL_PLAIN.filter(lambda word: word[0].isalpha() and word not in ("then", "in")),
            _many(words, " "),
        ),
        _of("{}={}", SHELL_NAMES, words),
        _of("export {}={}", SHELL_NAMES, words),
        _of("declare -A {}=([a]={} [b]=1)", SHELL_NAMES, words),
        _of("{}+=({}\n# remark )\n{})", SHELL_NAMES, words, words),
        _of("{}={} python {}", SHELL_NAMES, words, words),
        _of("[[ {} == *a* && -f b ]]", words),
        _of("[ -n {} ]", words),
        _of("(( {} > 1 ))", SHELL_NAMES),
        _of("a {} > /dev/null 2>&1 <<< {}", words, words),
        _of("cat <<E > x.sh\n{} ${}\nE", SHELL_PLAIN, SHELL_NAMES),
        _of("cat <<'E' | bash\ncase a in a) echo {};; esac\nE", SHELL_PLAIN),
        _of("a <<E b <<-'F' {}\n$(echo {})\nE\n\t'\n\tF", SHELL_PLAIN, SHELL_NAMES),
        _of("# {}", SHELL_PLAIN.filter(lambda word: "\n" not in word)),
    )
    compound = _shell_compound(commands, words)
    return _many(commands, "\n", 1, 5).map(lambda text: f"{text}\n")


def _python_expressions() -> Texts:
    """Expressions: nested f-strings, star-args, walrus, comprehensions, lambdas."""

    def larger(inner: Texts) -> Texts:
        return st.one_of(
            _of("({} if {} else {})", inner, inner, inner),
            _of("{}.{}", PYTHON_NAMES, PYTHON_NAMES),
            _of("a({}, *{}, b={}, **{})", inner, inner, inner, inner),
            _of("torch.zeros({}, dtype=torch.bfloat16)", inner),
            _of("(a := {})", inner),
            _of("[{} for a in {} if {} for b in a]", inner, inner, inner),
            _of("{{{}: {} for a in b}}", inner, inner),
            _of("{{{}, *a}}", inner),
            _of("(yield_ async_, {})".replace("yield_ async_", "a"), inner),
            _of("lambda a, /, b=1, *, c={}, **d: {}", inner, inner),
            _of("not {} and {} in {}", inner, inner, inner),
            _of("({})[{}:{}, ...]", inner, inner, inner),
            _of("(a < {} <= b)", inner),
            _of("{{'bf16': {{'enabled': {}}}, **a}}", inner),
            _of("f\"{{({})!s:{{b}}}} {{a['x'] if a else f'{{b}}'}}\"", PYTHON_NAMES),
            _of("({})", inner),
            _of("(-{} ** ~{})", inner, inner),
        )  # fmt: skip

    return st.recursive(PYTHON_PLAIN | PYTHON_NAMES, larger, max_leaves=6)


def _python_compound(body: Texts, value: Texts) -> Texts:
    """Statements that hold others; `{}` for a body is indented."""
    block = body.map(lambda text: indent(text, "    "))
    deeper = block.map(lambda text: indent(text, "    "))
    pattern = st.sampled_from([
        "1 | 'a'", "[a, *_]", "{'x': a, **b}", "A(b=1, c=C.D)", "None", "-1+2j", "(a, b) as c", "str() | None", "[]",
    ])  # fmt: skip
    return st.one_of(
        _of("if {}:\n{}\nelif {}:\n{}\nelse:\n{}", value, block, value, block, block),
        _of("for a, *b in {}:\n{}\nelse:\n{}", value, block, block),
        _of("while {}:\n{}\n    continue", value, block),
        _of("with open({}) as a, b as (c, d):\n{}", value, block),
        _of("with (open({}) as a, b,):\n{}", value, block),
        _of("try:\n{}\nexcept (A, B) as e:\n{}\nelse:\n{}\nfinally:\n{}", block, block, block, block),
        _of("try:\n{}\nexcept* A:\n{}", block, block),
        _of("@torch.no_grad()\n@a({})\ndef f(a, /, b: int = {}, *c, **e) -> a:\n    global g\n{}", value, value, block),
        _of("def f():\n    a = 1\n    def g():\n        nonlocal a\n{}\n    return g", deeper),
        _of("async def f():\n    async with a as b:\n        await c\n    async for d in e: pass\n{}", block),
        _of("@a.b[{}]\nclass C(B, metaclass=M, **k):\n    '''doc'''\n    a: int = {}\n{}", value, value, block),
        _of("match {}:\n    case {}:\n{}\n    case a if b: pass\n    case _: pass", value, pattern, deeper),
        _of("if __name__ == '__main__':\n{}", block),
    )  # fmt: skip


def python_programs() -> Texts:
    """Python programs: decorators, `match`, walrus, nested f-strings, class bodies, `global`; most are valid."""
    value = _python_expressions()
    simple = st.one_of(
        value,
        _of("{} = {}", PYTHON_NAMES, value),
        _of("a = b = {}, {}", value, value),
        _of("a, *b = {}", value),
        _of("a.b['c']: {} = {}", PYTHON_NAMES, value),
        _of("a += {}", value),
        _of("import {}.b as c, torch", st.sampled_from(["a", "torch.nn"])),
        _of("from {} import (a, b as c,)", st.sampled_from([".", "..a", "torch"])),
        _of("assert {}, {}", value, value),
        _of("del a, b[{}]", value),
        _of("raise {} from None", value),
        _of("os.environ['NCCL_IB_HCA'] = {}", value),
        _of("parser.add_argument('--bf16', default={}, **a)", value),
        _of("x = ({} # 注释\n)", value),
        _of("print({}); a \\\n  = 1", value),
    )
    lines = _many(simple, "\n", 1)
    body = st.recursive(lines, lambda inner: _many(_python_compound(inner, value) | simple, "\n", 1), max_leaves=4)
    return body.map(lambda text: f"{text}\n")
