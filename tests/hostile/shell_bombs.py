"""Which shell scripts are made to hurt whoever reads them? Small ones that multiply, and large ones that go on."""

from __future__ import annotations

from hostile.bombs import Texts, bomb, many, until

MEGABYTE = 1_000_000
RUN = "torchrun --nproc_per_node 8 train.py\n"


@bomb("scripts that source and run each other")
def sourcing_circle(size: float) -> Texts:
    """Four scripts, each of which sources and runs all of them."""
    names = [f"{letter}.sh" for letter in "abcdefgh"[: many(size, 4, least=3)]]
    body = "".join(f". ./{name}\nbash {name}\n" for name in names)
    return dict.fromkeys(names, f"{body}python train.py\n") | {"train.py": "import torch\n"}


@bomb("scripts that source and run each other")
def running_circle(size: float) -> Texts:
    """Eight scripts, each of which runs all of them."""
    names = [f"{letter}.sh" for letter in "abcdefgh"[: many(size, 8, least=3)]]
    body = "".join(f"bash {name}\n" for name in names)
    return dict.fromkeys(names, f"{body}python train.py\n") | {"train.py": "import torch\n"}


@bomb("scripts that source and run each other")
def sourcing_ladder(size: float) -> Texts:
    """Scripts of which each sources the next one twice."""
    count = many(size, 300, least=8)
    ladder = {f"s{at}.sh": f". ./s{at + 1}.sh\nexport A{at}=$A{at + 1}1\n. ./s{at + 1}.sh\n" for at in range(count)}
    return ladder | {f"s{count}.sh": RUN, "train.py": "import torch\n"}


@bomb("scripts that source and run each other")
def running_ladder(size: float) -> Texts:
    """Scripts of which each runs the next one twice, with other words."""
    count = many(size, 300, least=8)
    ladder = {f"s{at}.sh": f"bash s{at + 1}.sh a $1\nB=1 bash s{at + 1}.sh b $1\n" for at in range(count)}
    return ladder | {f"s{count}.sh": RUN, "train.py": "import torch\n"}


@bomb("scripts that source and run each other")
def running_crowd(size: float) -> Texts:
    """A script that runs another one thousands of times, as that does a third."""
    count = many(size, 3000)
    return {
        "a.sh": "".join(f"bash b.sh {at}\n" for at in range(count)),
        "b.sh": "".join(f"bash c.sh {at} $1\n" for at in range(count)),
        "c.sh": RUN,
        "train.py": "import torch\n",
    }


@bomb("branches")
def case_of_many_arms(size: float) -> Texts:
    """A `case` of 1,000 arms that set a variable each."""
    arms = "".join(f"  m{at}) export A{at % 50}={at}; B=$B$A1;;\n" for at in range(many(size, 1000)))
    return {"run.sh": f'case "$1" in\n{arms}esac\n{RUN}'}


@bomb("branches")
def case_of_megabyte(size: float) -> Texts:
    """A `case` that fills the largest script."""
    arms = "".join(f"  m{at}|n{at}) A={at};;\n" for at in range(many(size, 38_000)))
    return {"run.sh": f'case "$1" in\n{arms}esac\n{RUN}'}


@bomb("branches")
def cases_behind_each_other(size: float) -> Texts:
    """Hundreds of `case`s of ten arms, which all set the same variables."""
    arms = "".join(f"  m{at}) A=${{A}}{at} B={at};;\n" for at in range(10))
    return {"run.sh": f'case "$1" in\n{arms}esac\n' * many(size, 4500) + RUN}


@bomb("branches")
def cases_in_a_loop(size: float) -> Texts:
    """A loop over the arguments with a `case` of hundreds of options, each with its own `shift`."""
    arms = "".join(f'  --o{at}) O{at}="$2"; shift 2;;\n' for at in range(many(size, 600)))
    words = " ".join(f"--o{at} $O{at}" for at in range(many(size, 600)))
    return {"run.sh": f'while [ $# -gt 0 ]; do\ncase "$1" in\n{arms}esac\ndone\npython train.py {words}\n'}


@bomb("branches")
def long_elif(size: float) -> Texts:
    """An `if` with thousands of `elif`."""
    branches = "".join(f'elif [ "$1" = m{at} ]; then A={at}; B=$A$B\n' for at in range(many(size, 3000)))
    return {"run.sh": f'if [ -z "$1" ]; then\ntrue\n{branches}fi\n{RUN}'}


@bomb("branches")
def nested_ifs(size: float) -> Texts:
    """Branches within branches, side by side as often as a script holds them."""
    depth = many(size, 90)
    opened = "".join(f'if [ "$A{at}" = 1 ]; then export B{at}=$B$A{at}\n' for at in range(depth))
    closed = "else B=$B$1\nfi\n" * depth
    return {"run.sh": (opened + closed) * many(size, 150) + RUN}


@bomb("branches")
def ifs_behind_each_other(size: float) -> Texts:
    """Thousands of branches that each add a word to what the program is given."""
    branches = "".join(f'if [ "$A{at}" = 1 ]; then W="$W --a{at} $A{at}"; fi\n' for at in range(many(size, 18_000)))
    return {"run.sh": f"{branches}python train.py $W\n"}


@bomb("branches")
def ifs_that_end(size: float) -> Texts:
    """Thousands of branches that may end the script."""
    branches = "".join(f'if [ "$A{at}" = 1 ]; then exit 0; fi\nexport B=$A{at}\n' for at in range(many(size, 15_000)))
    return {"run.sh": branches + RUN}


@bomb("branches")
def long_conjunction(size: float) -> Texts:
    """Tens of thousands of commands joined by `&&` and `||`."""
    return {"run.sh": " && ".join(["true", *(f"[ $A = {at} ] || B={at}" for at in range(many(size, 4000)))]) + "\n"}


@bomb("branches")
def conjunctions_on_lines(size: float) -> Texts:
    """Thousands of lines that test and set."""
    return {"run.sh": "".join(f"[ $A = {at} ] && export B=$B{at} || C=$C{at}\n" for at in range(many(size, 15_000)))}


@bomb("loops and functions")
def nested_loops(size: float) -> Texts:
    """Ten loops within each other, over eight values each."""
    depth = many(size, 10, least=3)
    loops = "".join(f"for i{at} in 1 2 3 4 5 6 7 8; do\n" for at in range(depth))
    return {"run.sh": f"{loops}export A$i1=$i2\n{RUN}" + "done\n" * depth}


@bomb("loops and functions")
def doubling_functions(size: float) -> Texts:
    """Functions of which each calls the one before twice."""
    functions = "".join(f"f{at + 1}() {{ f{at} $1 a; f{at} b $2; }}\n" for at in range(many(size, 3000)))
    return {"run.sh": f"f0() {{ {RUN}}}\n{functions}f30 a b\n"}


@bomb("loops and functions")
def many_functions(size: float) -> Texts:
    """Tens of thousands of functions that nobody calls, each calling the last."""
    count = many(size, 18_000)
    return {"run.sh": "".join(f"f{at}() {{ A{at}=1; f{count - 1}; python t.py; }}\n" for at in range(count))}


@bomb("loops and functions")
def nested_substitutions(size: float) -> Texts:
    """Commands whose output is a word of a command, dozens deep, thousands of times."""
    depth = 35
    return {"run.sh": ("A=" + "$(echo " * depth + "1" + ")" * depth + "\n") * many(size, 3500) + RUN}


@bomb("values that grow")
def doubled_variable(size: float) -> Texts:
    """A variable that is doubled 60 times."""
    return {"run.sh": "A=ab\n" + 'A="$A$A"\n' * many(size, 60, least=30) + "python train.py $A\n"}


@bomb("values that grow")
def doubled_again_and_again(size: float) -> Texts:
    """A long variable that thousands of lines use, several times each."""
    start = 'A="' + "a b " * 2000 + '"\n' + 'B="$A $A $A $A $A"\n'
    return {"run.sh": start + "python train.py $B $B $B $B\n" * many(size, 5000)}


@bomb("values that grow")
def doubled_choices(size: float) -> Texts:
    """A value of two, joined with itself dozens of times."""
    start = 'if [ "$1" = a ]; then A=x; else A=y; fi\n'
    doubling = 'if [ "$2" = a ]; then A="$A.$A"; else A="$A,$A"; fi\n' * many(size, 60, least=10)
    return {"run.sh": f"{start}{doubling}python train.py --a $A --b=$A.$A\n" * many(size, 200)}


@bomb("values that grow")
def defaults_within_defaults(size: float) -> Texts:
    """`${A:-${B:-...}}` dozens deep, thousands of times."""
    depth = 38
    word = "".join(f"${{A{at}:-" for at in range(depth)) + "x" + "}" * depth
    return {"run.sh": f"python train.py --a {word}\n" * many(size, 3000)}


@bomb("values that grow")
def growing_array(size: float) -> Texts:
    """An array that grows a line at a time, and is used on each."""
    lines = "".join(f'A+=(--o{at} {at})\nset -- "${{A[@]}}" "$@"\n' for at in range(many(size, 15_000)))
    return {"run.sh": f'{lines}python train.py "${{A[@]}}"\n'}


@bomb("values that grow")
def large_array(size: float) -> Texts:
    """An array of as many items as are followed, that thousands of lines hand over."""
    items = "\n".join(f"i{at}" for at in range(many(size, 1990)))
    return {"run.sh": f"A=({items}\n)\n" + 'python train.py "${A[@]}"\n' * many(size, 20_000)}


@bomb("values that grow")
def braces(size: float) -> Texts:
    """Braces that stand for a million words."""
    word = "{1,2,3,4,5,6,7,8,9,0}" * 6
    return {"run.sh": f"for i in {word} {{1..1000000}}; do python train.py $i; done\n" * many(size, 2000)}


@bomb("values that grow")
def large_environment(size: float) -> Texts:
    """Thousands of exported variables, and as many programs that are started in that environment."""
    variables = "".join(f"export A{at}=$B{at}\n" for at in range(many(size, 15_000)))
    return {"run.sh": variables + "python train.py\n" * many(size, 15_000)}


@bomb("values that grow")
def nccl_everywhere(size: float) -> Texts:
    """Variables that signals ask for, set anew on every line and under ever more conditions."""
    lines = "".join(f'[ "$A{at}" ] && export NCCL_IB_HCA=mlx5_{at}:$NCCL_IB_HCA\n' for at in range(many(size, 15_000)))
    return {"run.sh": lines + RUN}


@bomb("here-documents")
def many_here_documents(size: float) -> Texts:
    """Tens of thousands of here-documents, each a file of its own."""
    return {"run.sh": "".join(f"cat > f{at}.sh <<E\n{RUN}E\nbash f{at}.sh\n" for at in range(many(size, 13_000)))}


@bomb("here-documents")
def one_here_document(size: float) -> Texts:
    """A script that writes another one of almost a megabyte, with variables in it."""
    return {
        "run.sh": "cat > job.sh <<E\n" + "A=1 python train.py $B \\$C\n" * many(size, 35_000) + "E\nsbatch job.sh\n"
    }


@bomb("here-documents")
def json_here_document(size: float) -> Texts:
    """A script that writes a configuration of almost a megabyte on one line a value, each of them a variable."""
    return {"run.sh": "cat > c.json <<E\n{" + ",\n".join(f'"a{at}": $A' for at in range(many(size, 60_000))) + "}\nE\n"}


@bomb("here-documents")
def nested_here_documents(size: float) -> Texts:
    """Scripts that write scripts that write scripts."""
    text = RUN * many(size, 1000)
    for at in range(8):
        text = f"cat > f{at}.sh <<'E{at}'\n{text}E{at}\nbash f{at}.sh\n" * 2
    return {"run.sh": text[:990_000]}


@bomb("here-documents")
def endless_here_documents(size: float) -> Texts:
    """Here-documents that never end, one on each line."""
    return {"run.sh": "".join(f"cat <<E{at}\n" for at in range(many(size, 70_000)))}


@bomb("here-documents")
def read_here_documents(size: float) -> Texts:
    """Shells within shells that read their scripts from here-documents."""
    return {"run.sh": "".join(f"bash <<E\nssh h <<F\npython t.py {at}\nF\nE\n" for at in range(many(size, 23_000)))}


@bomb("scripts in strings")
def strings_of_strings(size: float) -> Texts:
    """`bash -c` and `eval` of what variables hold, again and again."""
    start = f'A="{RUN.strip()}; "\n' + 'A="$A$A"\n' * 12
    return {"run.sh": start + 'eval "$A"\nbash -c "$A"\n' * many(size, 3000)}


@bomb("scripts in strings")
def choices_in_strings(size: float) -> Texts:
    """`eval` of words that may be many things."""
    choices = "".join(f'[ "$1" = {at} ] && A{at}="; B={at}"\n' for at in range(6))
    return {"run.sh": choices + 'eval "python t.py $A0 $A1 $A2 $A3 $A4 $A5"\n' * many(size, 15_000)}


@bomb("large scripts")
def plain_megabyte(size: float) -> Texts:
    """Programs that are started, as many as a script may hold."""
    return {"run.sh": RUN * many(size, 27_000)}


@bomb("large scripts")
def assignments(size: float) -> Texts:
    """Variables, as many as a script may hold."""
    return {"run.sh": "".join(f"export NCCL_A{at}={at}\n" for at in range(many(size, 38_000)))}


@bomb("large scripts")
def three_megabytes(size: float) -> Texts:
    """More than a script may hold."""
    return {"run.sh": RUN * many(size, 81_000)}


@bomb("large scripts")
def one_word(size: float) -> Texts:
    """Words that are as long as a line may be."""
    return {"run.sh": ("python " + "a$B" * many(size, 33_000) + "\n") * 10}


@bomb("large scripts")
def one_command(size: float) -> Texts:
    """One command on tens of thousands of continued lines."""
    return {"run.sh": "python train.py \\\n" + "".join(f"  --o{at} $O{at} \\\n" for at in range(many(size, 45_000)))}


@bomb("large scripts")
def comments_with_chips(size: float) -> Texts:
    """Comments that name chips, as many as a script may hold."""
    return {"run.sh": "".join(f"# runs on {at} A100 and H800\n" for at in range(many(size, 32_000))) + RUN}


@bomb("large scripts")
def directives(size: float) -> Texts:
    """A scheduler's directives, as many as a script may hold."""
    return {"run.sh": "#!/bin/bash\n" + "".join(f"#SBATCH --gres=gpu:a100:{at}\n" for at in range(many(size, 32_000)))}


@bomb("scripts that do not parse")
def unclosed_quotes(size: float) -> Texts:
    """A quote on each line that closes on the next, and a bracket that never does."""
    return {"run.sh": "echo 'a\n(\n" * many(size, 100_000)}


@bomb("scripts that do not parse")
def unclosed_brackets(size: float) -> Texts:
    """Brackets that are never closed."""
    return {"run.sh": "(\n" * many(size, 480_000)}


@bomb("scripts that do not parse")
def unclosed_substitutions(size: float) -> Texts:
    """Substitutions that are never closed, one on each line."""
    return {"run.sh": "A=$(echo $((1 + ${B:-\n" * many(size, 40_000)}


@bomb("scripts that do not parse")
def unclosed_ifs(size: float) -> Texts:
    """Branches that are never closed."""
    return {"run.sh": "if true; then\npython train.py\n" * many(size, 32_000)}


@bomb("scripts that do not parse")
def closers(size: float) -> Texts:
    """Ends of what never began."""
    return {"run.sh": "fi\ndone\nesac\n)\n}\n;;\npython train.py\n" * many(size, 25_000)}


@bomb("scripts that do not parse")
def backticks(size: float) -> Texts:
    """Backticks, thousands of each other's on a line, and backslashes."""
    return {"run.sh": ("echo " + "`echo \\`" * many(size, 1000) + "\n") * many(size, 100)}


@bomb("scripts that do not parse")
def operators(size: float) -> Texts:
    """Nothing but operators."""
    return {"run.sh": ("<>|&;(){}[]!*?~^" * 100 + "\n") * many(size, 600)}


@bomb("scripts that do not parse")
def arithmetic(size: float) -> Texts:
    """Sums in brackets that do not close, one on each line."""
    return {"run.sh": "".join(f"(( A = {'(' * 40}{at}\n" for at in range(many(size, 18_000)))}


@bomb("comments that speak to chipsieve")
def continued_comments(size: float) -> Texts:
    """Comments that ask to ignore, continued by backslashes, in a file with a finding."""
    comment = "# chipsieve: ignore[nccl-variables] because \\\n"
    return {"run.sh": f"export NCCL_IB_HCA=mlx5\n{RUN}" + comment * until(size, 990_000, comment)}


@bomb("comments that speak to chipsieve")
def comments_before_a_long_command(size: float) -> Texts:
    """Thousands of comments, each in front of one command of thousands of lines."""
    comment = "# chipsieve: ignore[nccl-variables] it is old\n"
    command = "true \\\n" * 100
    return {"run.sh": f"export NCCL_IB_HCA=mlx5\n{RUN}" + (comment * 20 + command + "\n") * many(size, 500)}


@bomb("comments that speak to chipsieve")
def comments_on_every_line(size: float) -> Texts:
    """As many comments as a script may hold, each of many signals and each at fault."""
    lines = "".join(
        f"NCCL_IB_HCA=m{at} a # chipsieve: ignore[nccl-variables,x{at}]\n" for at in range(many(size, 15_000))
    )
    return {"run.sh": lines + RUN}


@bomb("fuzz")
def until_limit(size: float) -> Texts:
    """All constructs at once, in no order."""
    joined = "if [ $A ]/then/fi/case $A in/a)/;;/esac/for i in 1 2/do/done/{/}/(/)/$(/`/'/\"/<<E/E/&&/|/\\/A=1/f()"
    parts = joined.split("/")
    drawn = (parts[(at * at * 31 + at * 7 + at // 11) % len(parts)] for at in range(many(size, 160_000)))
    return {"run.sh": "\n".join(" ".join(drawn).split(" fi "))}
