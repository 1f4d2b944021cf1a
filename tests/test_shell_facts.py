"""Which findings does a script give, where, and what must stay silent?"""

from __future__ import annotations

import pytest

from chipsieve.facts.conditions import MENTION
from shell_builders import findings, found, reading, worded

ENVIRONMENT = {
    "export": ("export NCCL_X=1", [("1", 1)]),
    "several": ("export A=1 NCCL_X=2", [("2", 1)]),
    "prefix": ("NCCL_X=1 python x", [("1", 1)]),
    "exported later": ("NCCL_X=1\nexport NCCL_X", [("1", 1)]),
    "declare -x": ("declare -x NCCL_X=1", [("1", 1)]),
    "set -a": ("set -a\nNCCL_X=1", [("1", 2)]),
    "env": ("env NCCL_X=1 python x", [("1", 1)]),
    "mpirun": ("mpirun -x NCCL_X=1 python x", [("1", 1)]),
    "mpirun of an assigned one": ("NCCL_X=1\nmpirun -x NCCL_X python x", [("1", 1)]),
    "in a list of options": ('O="-x NCCL_X=1"\nmpirun $O python x', [("1", 1)]),
    "srun": ("srun --export=ALL,NCCL_X=1 python x", [("1", 1)]),
    "constant value": ("V=y\nexport NCCL_X=$V", [("y", 2)]),
    "unknown value": ("export NCCL_X=$V", [("", 1)]),
    "words before its old ones": ('export NCCL_X="a $NCCL_X"', [("a", 1)]),
    "words behind its old ones": ('export NCCL_X="${NCCL_X:-} a"', [("a", 1)]),
    "only its old words": ('export NCCL_X="$NCCL_X"', [("", 1)]),
    "joined to its old value": ('export NCCL_X="a,$NCCL_X"', [("", 1)]),
    "words before another's": ('export NCCL_X="a $NCCL_Y"', [("", 1)]),
    "in a function that runs": ("f() {\nexport NCCL_X=1\n}\nf", [("1", 2)]),
    "overwritten before anything ran": ("export NCCL_X=1\nexport NCCL_X=2\npython x", [("2", 2)]),
    "overwritten afterwards": ("export NCCL_X=1\npython x\nexport NCCL_X=2", [("1", 1), ("2", 3)]),
    "plain": ("NCCL_X=1\npython x", []),
    "comment": ("# export NCCL_X=1\n#export NCCL_X=1", []),
    "echo": ("echo NCCL_X=1\necho export NCCL_X=1 > f", []),
    "unset": ("unset NCCL_X", []),
    "other name": ("export MY_NCCL_X=1", []),
    "quoted": ("echo 'export NCCL_X=1'", []),
    "text of a file": ("cat > note.txt <<E\nexport NCCL_X=1\nE", []),
}


@pytest.mark.parametrize(("text", "expected"), ENVIRONMENT.values(), ids=ENVIRONMENT.keys())
def test_environment(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(value, line) for signal, value, line in found(text) if signal == "fabric"] == expected


def test_an_assignment_is_located_whole() -> None:
    (item,) = findings('export A=1 NCCL_X="a b" C=2', "fabric")
    assert (item.span.column, item.span.end_column, item.value) == (12, 24, "a b")
    assert item.engine == "shell"


def test_a_default_holds_unless_the_variable_is_set() -> None:
    (item,) = findings("export NCCL_X=${NCCL_X:-1}", "fabric")
    assert (item.value, [worded(one) for one in item.conditions]) == ("1", ["not (NCCL_X set)"])


FLAGS = {
    "bare": ("python x --bf16", [("half", "true", 1)]),
    "before another": ("python x --bf16 --y", [("half", "true", 1)]),
    "with a value": ("python x --bf16 True", [("half", "True", 1)]),
    "with an equals sign": ("python x --bf16=1", [("half", "1", 1)]),
    "turned off": ("python x --bf16 False", []),
    "operand": ("python x --precision bf16", [("precision", "bf16", 1)]),
    "operand from a variable": ("P=bf16\npython x --precision $P", [("precision", "bf16", 2)]),
    "other operand": ("python x --precision fp32", []),
    "unknown operand": ("python x --precision $P", []),
    "in a variable": ('A="--y\n--bf16"\npython x $A', [("half", "true", 2)]),
    "in an array": ("A=(\n--bf16\n)\npython x ${A[@]}", [("half", "true", 2)]),
    "in a variable that nothing uses": ('A="--bf16"\npython x', []),
    "echoed": ("echo python --bf16", []),
    "of a package manager": ("pip install --bf16 x", []),
    "in a comment": ("python x # --bf16\n# --bf16", []),
    "in a string": ("python x 'use --bf16 here'", []),
    "in both branches of a choice": ('if [ $V ]; then O="--bf16"; else O=--x; fi\npython x $O', []),
}


@pytest.mark.parametrize(("text", "expected"), FLAGS.values(), ids=FLAGS.keys())
def test_flags(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert [item for item in found(text) if item[0] in ("half", "precision")] == expected


def test_a_flag_that_is_one_choice_carries_its_condition() -> None:
    (item,) = findings('O=--x\nif [ "$V" = 1 ]; then O="--y --bf16"; fi\npython x $O', "half")
    assert [worded(one) for one in item.conditions] == ["V in 1"]
    assert (item.span.line, item.span.column) == (2, 30)


DIRECTIVES = {
    "gres": ("#SBATCH --gres=gpu:a100:8", ["a100"]),
    "gres with a blank": ("#SBATCH --gres gpu:a100:8", ["a100"]),
    "constraint": ("#SBATCH -C v100-32g", ["v100"]),
    "long constraint": ('#SBATCH --constraint="v100"  # why', ["v100"]),
    "partition": ("#SBATCH -p a100", ["a100"]),
    "attached": ("#SBATCH -pa100", ["a100"]),
    "several": ("#SBATCH -N 2 --gres=gpu:h100:8 -p x", ["h100"]),
    "PBS select": ("#PBS -l select=1:ngpus=4:gpu_model=a100,walltime=1:00", ["a100"]),
    "PBS queue": ("#PBS -q a100", ["a100"]),
    "LSF": ('#BSUB -R "select[type==v100]"', ["v100"]),
    "Grid Engine": ("#$ -l gputype=v100", ["v100"]),
    "name alone": ("#SBATCH -J a100", []),
    "comment": ("##SBATCH --gres=gpu:a100:8\n# SBATCH --gres=gpu:a100:8", []),
    "prose": ("#SBATCH is needed for a100", []),
    "indented": ("  #SBATCH --gres=gpu:a100:8", []),
    "srun": ("srun -N 1 --gres=gpu:a100:8 python x", ["a100"]),
    "sbatch": ("sbatch -p h100 job.sh", ["h100"]),
    "qsub": ("qsub -l select=1:gpu=a100 job.sh", ["a100"]),
    "the program's own": ("srun python x --gres a100", []),
    "not a scheduler": ("python x --gres a100", []),
}


@pytest.mark.parametrize(("text", "expected"), DIRECTIVES.values(), ids=DIRECTIVES.keys())
def test_directives(text: str, expected: list[str]) -> None:
    assert [item.value for item in findings("#!/bin/bash\n" + text, "asked") if not item.conditions] == expected


def test_a_directive_behind_the_first_command_is_a_mention() -> None:
    before, after = findings("#SBATCH -p a100\nmodule load x\n#SBATCH -p h100\n", "asked")
    assert (before.conditions, before.by) == ((), "scheduler")
    assert after.conditions == (MENTION,)


IMAGES = {
    "docker": "docker run --gpus all -it --rm -v a:b nvcr.io/x:1 python y",
    "docker with a name": "docker run --name z --shm-size=1g nvcr.io/x:1",
    "pulled": "docker pull nvcr.io/x:1",
    "pyxis": "srun --container-image=nvcr.io/x:1 python y",
    "pyxis with a blank": "srun --container-image nvcr.io/x:1 python y",
    "singularity": "singularity exec --nv -B a:b nvcr.io/x:1 python y",
    "from a variable": "I=nvcr.io/x:1\ndocker run $I",
}


@pytest.mark.parametrize("text", IMAGES.values(), ids=IMAGES.keys())
def test_images(text: str) -> None:
    assert [item.value for item in findings(text, "image")] == ["nvcr.io/x:1"]


@pytest.mark.parametrize(
    "text", ["docker build -t nvcr.io/x .", "echo docker run nvcr.io/x", "docker run other nvcr.io/x"]
)
def test_no_images(text: str) -> None:
    assert findings(text, "image") == []


PINS = {
    "pip": ('pip install -U "flash-attn==2.5.8" other', "flash-attn==2.5.8"),
    "python -m pip": ("python -m pip install flash_attn>=2.1", ""),
    "quoted": ("python3 -m pip install 'flash_attn>=2.1'", "flash_attn>=2.1"),
    "uv": ("uv pip install flash-attn==2.0", "flash-attn==2.0"),
    "conda": ("conda install -c x flash-attn=2.5", "flash-attn==2.5.*"),
    "poetry": ("poetry add flash-attn@2.5.0", "flash-attn==2.5.0"),
    "older": ("pip install flash-attn==1.0.9", ""),
    "requirement file": ("pip install -r flash-attn==2.0", ""),
    "not installed": ("pip uninstall flash-attn==2.0\npip show flash-attn==2.0", ""),
}


@pytest.mark.parametrize(("text", "expected"), PINS.values(), ids=PINS.keys())
def test_pins(text: str, expected: str) -> None:
    assert [item.value for item in findings(text, "kernel")] == ([expected] if expected else [])


def test_comments_name_chips_and_nothing_else_does() -> None:
    text = "#!/bin/A100\n# Env: 4 * A100\necho A100 # on A100\npython A100.py 'A100'\n"
    items = findings(text, "prose")
    assert [(item.span.line, item.span.column, item.by) for item in items] == [(2, 12, "comment"), (3, 16, "comment")]
    assert {item.conditions for item in items} == {(MENTION,)}


def test_findings_are_sorted_and_single() -> None:
    text = "A=--bf16\nfor i in 1 2 3; do python $i $A; done\npython x $A\n"
    items = reading(text).findings
    assert list(items) == sorted(items, key=lambda item: (item.span, item.signal))
    assert len(findings(text, "half")) == 1
