"""Which configurations, build files and package lists are made to hurt whoever reads them?"""

from __future__ import annotations

import json

from hostile.bombs import Texts, bomb, many

START = "all:\n\ttorchrun --nproc_per_node 8 train.py\n"


@bomb("TOML, INI")
def toml_settings(size: float) -> Texts:
    """Four megabytes of settings."""
    return {"a.toml": "".join(f"key{at} = {at}\n" for at in range(many(size, 210_000)))}


@bomb("TOML, INI")
def toml_tables(size: float) -> Texts:
    """Four megabytes of tables of one array."""
    return {"a.toml": "".join(f"[[a.b]]\nfp16 = {at}\n" for at in range(many(size, 150_000)))}


@bomb("TOML, INI")
def toml_lists(size: float) -> Texts:
    """Lists of many values, whose places have to be looked for."""
    values = ", ".join(f'"v{at}"' for at in range(many(size, 350_000)))
    return {"a.toml": f"bf16 = [{values}]\n"}


@bomb("TOML, INI")
def toml_nested_lists(size: float) -> Texts:
    """Lists within lists, as deep as Python goes, thousands of times."""
    return {"a.toml": "".join(f"a{at} = {'[' * 90}{']' * 90}\n" for at in range(many(size, 20_000)))}


@bomb("TOML, INI")
def toml_deep(size: float) -> Texts:
    """A list in a list in a list, without end."""
    return {"a.toml": "a = " + "[" * many(size, 3_900_000)}


@bomb("TOML, INI")
def toml_dotted(size: float) -> Texts:
    """Keys of a hundred parts each."""
    path = ".".join("abcdefghij" * 9)
    return {"a.toml": "".join(f"{path}.k{at} = {at}\n" for at in range(many(size, 20_000)))}


@bomb("TOML, INI")
def toml_one_key(size: float) -> Texts:
    """One key with hundreds of thousands of parts."""
    return {"a.toml": ".".join("a" * many(size, 1_900_000)) + " = 1\n"}


@bomb("TOML, INI")
def toml_broken(size: float) -> Texts:
    """A file whose last lines are all broken, so that each is tried."""
    return {"a.toml": "".join(f"key{at} = {at}\n" for at in range(many(size, 200_000))) + "x = = 1\n" * 30}


@bomb("TOML, INI")
def toml_commented(size: float) -> Texts:
    """Comments behind unclosed quotes."""
    return {"a.toml": "a = '\" # A100\n" * many(size, 280_000)}


@bomb("TOML, INI")
def ini_settings(size: float) -> Texts:
    """Three megabytes of settings in as many sections."""
    return {"a.ini": "".join(f"[s{at}]\nfp16 = {at}\n" for at in range(many(size, 170_000)))}


@bomb("TOML, INI")
def ini_continued(size: float) -> Texts:
    """One setting that goes on for hundreds of thousands of lines."""
    return {"setup.cfg": "[options]\ninstall_requires =\n" + "  torch\n" * many(size, 480_000)}


@bomb("TOML, INI")
def ini_one_section(size: float) -> Texts:
    """Hundreds of thousands of settings in one section."""
    return {"a.cfg": "[s]\n" + "".join(f"bf16_{at} = {at} ; A100\n" for at in range(many(size, 140_000)))}


@bomb("Makefile, justfile")
def make_variables(size: float) -> Texts:
    """Four megabytes of variables, each of the one before."""
    return {"Makefile": "".join(f"A{at + 1} = $(A{at}) a\n" for at in range(many(size, 180_000))) + START}


@bomb("Makefile, justfile")
def make_doubled(size: float) -> Texts:
    """Variables of which each is the one before twice."""
    doubled = "".join(f"A{at + 1} := $(A{at})$(A{at})\n" for at in range(many(size, 4000)))
    return {"Makefile": f"A0 = ab\n{doubled}all:\n" + "".join(f"\tpython t.py $(A{at})\n" for at in range(2000))}


@bomb("Makefile, justfile")
def make_grown(size: float) -> Texts:
    """A variable that hundreds of thousands of lines add to."""
    return {
        "Makefile": "".join(f"A += --a{at} $(B)\n" for at in range(many(size, 200_000))) + "all:\n\tpython t.py $(A)\n"
    }


@bomb("Makefile, justfile")
def make_recipes(size: float) -> Texts:
    """Tens of thousands of recipes."""
    return {"Makefile": "".join(f"t{at}: t{at + 1}\n\tpython t.py $(A) --a {at}\n" for at in range(many(size, 90_000)))}


@bomb("Makefile, justfile")
def make_one_recipe(size: float) -> Texts:
    """One recipe of a hundred thousand commands."""
    return {"Makefile": "all:\n" + "".join(f"\tpython t.py $(A) --a {at}\n" for at in range(many(size, 140_000)))}


@bomb("Makefile, justfile")
def make_calls(size: float) -> Texts:
    """Functions that call themselves."""
    calls = "\tpython t.py $(call f,a,b) $(if $(A),$(call f,c),$(call f,d))\n" * many(size, 30_000)
    return {"Makefile": f"f = $(call f,$(1)$(1),$(2)) $(call f,$(2),$(1)) $(if $(1),$(call f,$(2)))\nall:\n{calls}"}


@bomb("Makefile, justfile")
def make_branches(size: float) -> Texts:
    """Branches that each set the variables of a recipe."""
    branches = "".join(f"ifeq ($(B{at}),1)\nA += {at}\nelse\nA := $(A) b\nendif\n" for at in range(many(size, 60_000)))
    return {"Makefile": f"{branches}all:\n\tpython t.py $(A)\n"}


@bomb("Makefile, justfile")
def make_nested_branches(size: float) -> Texts:
    """Branches within branches."""
    count = many(size, 60_000)
    return {"Makefile": "".join(f"ifeq ($(B{at}),1)\nA += {at}\n" for at in range(count)) + "endif\n" * count + START}


@bomb("Makefile, justfile")
def make_brackets(size: float) -> Texts:
    """References that are never closed."""
    return {"Makefile": "all:\n" + ("\techo " + "$(" * 1000 + "\n") * many(size, 1900)}


@bomb("Makefile, justfile")
def just_recipes(size: float) -> Texts:
    """Tens of thousands of recipes of a justfile, with variables."""
    recipes = "".join(
        f"t{at} a='{{{{x}}}}': t{at + 1}\n  python t.py {{{{a}}}} {at}\n" for at in range(many(size, 75_000))
    )
    return {"justfile": "x := 'a'\n" + recipes}


@bomb("JSON")
def json_settings(size: float) -> Texts:
    """Four megabytes of settings that signals ask for."""
    return {"a.json": json.dumps({f"a{at}": {"fp16": True, "bf16": at} for at in range(many(size, 85_000))})}


@bomb("JSON")
def json_flat(size: float) -> Texts:
    """Four megabytes of keys side by side."""
    return {"a.json": json.dumps({f"bf16_{at}": f"train{at}.sh" for at in range(many(size, 110_000))})}


@bomb("JSON")
def json_nested(size: float) -> Texts:
    """Objects within objects, up to what is read, thousands of times."""
    return {"a.json": "[" + ",".join(['{"a":' * 90 + "1" + "}" * 90] * many(size, 6000)) + "]"}


@bomb("JSON")
def json_deep(size: float) -> Texts:
    """A list in a list in a list, without end."""
    return {"a.json": "[" * many(size, 3_900_000)}


@bomb("JSON")
def json_words(size: float) -> Texts:
    """What is no value, four megabytes of it."""
    return {"a.json": "[" + "$a ${b c, " * many(size, 390_000)}


@bomb("JSON")
def json_numbers(size: float) -> Texts:
    """Long lists of numbers in lists."""
    return {"a.json": "[" + ",".join(["[1,2,3,4,5]"] * many(size, 320_000)) + "]"}


@bomb("JSON")
def json_assignments(size: float) -> Texts:
    """Lists of words that set variables."""
    return {"a.json": json.dumps({"env": [f"NCCL_IB_HCA=mlx5_{at}" for at in range(many(size, 130_000))]})}


@bomb("JSON")
def json_commands(size: float) -> Texts:
    """Hundreds of thousands of commands that a shell would read."""
    return {
        "a.json": json.dumps({"scripts": {f"r{at}": f"torchrun t.py --a {at}" for at in range(many(size, 90_000))}})
    }


@bomb("YAML")
def yaml_aliases(size: float) -> Texts:
    """Lists of ten aliases of lists of ten aliases, a billion values."""
    depth = many(size, 40, least=12)
    lists = "".join(f"a{at + 1}: &a{at + 1} [{', '.join([f'*a{at}'] * 10)}]\n" for at in range(depth))
    return {"a.yaml": f"a0: &a0 [bf16, NCCL_IB_HCA=1]\n{lists}"}


@bomb("YAML")
def yaml_merges(size: float) -> Texts:
    """Mappings that each take in the one before."""
    lines = "".join(f"m{at + 1}: &m{at + 1}\n  <<: [*m{at}, *m{at}]\n  k{at}: 1\n" for at in range(many(size, 60_000)))
    return {"a.yaml": f"m0: &m0 {{fp16: true}}\n{lines}"}


@bomb("YAML")
def yaml_settings(size: float) -> Texts:
    """Four megabytes of settings that signals ask for."""
    return {"a.yaml": "".join(f"a{at}:\n  fp16: true\n  bf16: {at}\n" for at in range(many(size, 110_000)))}


@bomb("YAML")
def yaml_list(size: float) -> Texts:
    """Two million empty items."""
    return {"a.yaml": "-\n" * many(size, 1_950_000)}


@bomb("YAML")
def yaml_flow(size: float) -> Texts:
    """Lists in brackets, one beside the other."""
    return {"a.yaml": "a: [" + "[1],[]," * many(size, 550_000) + "]\n"}


@bomb("YAML")
def yaml_documents(size: float) -> Texts:
    """Hundreds of thousands of documents."""
    return {"a.yaml": "---\nbf16: 1\n" * many(size, 330_000)}


@bomb("YAML")
def yaml_jobs(size: float) -> Texts:
    """Tens of thousands of containers of one job."""
    containers = "".join(f"  - name: c{at}\n    command: [python, t.py]\n    env:\n    - {{name: NCCL_A{at}, value: x}}\n" for at in range(many(size, 38_000)))  # fmt: skip  # noqa: E501
    return {"a.yaml": f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n{containers}"}


@bomb("YAML")
def yaml_scripts(size: float) -> Texts:
    """A workflow of tens of thousands of steps, each a script."""
    steps = "".join(
        f"    - run: |\n        pip install torch=={at}\n        python t.py\n" for at in range(many(size, 50_000))
    )
    return {".github/workflows/a.yml": f"on: push\njobs:\n  a:\n    env: {{A: b}}\n    steps:\n{steps}"}


@bomb("YAML")
def yaml_broken(size: float) -> Texts:
    """Settings behind a line that breaks the file."""
    return {"a.yaml": "a: [\n" + "".join(f"{' ' * (at % 90)}bf16: {at}\n" for at in range(many(size, 70_000)))}


@bomb("YAML")
def yaml_script_list(size: float) -> Texts:
    """A list of tens of thousands of commands that are one script."""
    return {
        ".gitlab-ci.yml": "a:\n  script:\n"
        + "".join(f"    - python t.py --a {at}\n" for at in range(many(size, 140_000)))
    }


@bomb("container recipes, packages")
def docker_runs(size: float) -> Texts:
    """Tens of thousands of commands of a recipe, in a growing environment."""
    lines = "".join(f"ENV A{at}=$A{at - 1}a\nRUN pip install torch=={at}\n" for at in range(many(size, 70_000)))
    return {"Dockerfile": f"FROM nvidia/cuda:12.1\n{lines}"}


@bomb("container recipes, packages")
def docker_one_run(size: float) -> Texts:
    """One command on a hundred thousand continued lines."""
    return {"Dockerfile": "FROM a\nRUN true \\\n" + " && pip install torch==2.1 \\\n" * many(size, 130_000)}


@bomb("container recipes, packages")
def docker_doubled(size: float) -> Texts:
    """A variable that each line doubles."""
    return {
        "Dockerfile": "FROM a\nENV A=ab\n" + "ENV A=$A$A$A$A\n" * many(size, 200, least=12) + "RUN python t.py $A\n"
    }


@bomb("container recipes, packages")
def docker_documents(size: float) -> Texts:
    """Here-documents that never end, one on each line."""
    return {"Dockerfile": "FROM a\n" + "RUN <<E <<F <<G\n" * many(size, 240_000)}


@bomb("container recipes, packages")
def requirements(size: float) -> Texts:
    """Hundreds of thousands of packages."""
    return {"requirements.txt": "".join(f"torch=={at}\n" for at in range(many(size, 280_000)))}


@bomb("container recipes, packages")
def requirements_strange(size: float) -> Texts:
    """Lines that are no requirements, with brackets and commas."""
    return {"requirements.txt": ("torch[" + "a," * 100 + "]>=1" + ",>=1" * 100 + ";" * 20 + "\n") * many(size, 6000)}


@bomb("container recipes, packages")
def requirements_one(size: float) -> Texts:
    """One line of millions of characters."""
    return {"requirements.txt": "torch" + ">=1," * many(size, 980_000)}


@bomb("container recipes, packages")
def gin_bindings(size: float) -> Texts:
    """Hundreds of thousands of bindings."""
    return {"a.gin": "".join(f"a/b.c{at}.bf16 = {at}\n" for at in range(many(size, 160_000)))}


@bomb("container recipes, packages")
def table_of_emissions(size: float) -> Texts:
    """A table of ten thousand columns, and one of a hundred thousand rows."""
    head = ",".join(f"gpu_model{at}" for at in range(10)) + ",gpu_model\n"
    rows = "".join(",".join(["A100"] * 10) + f",{at} x A100\n" for at in range(many(size, 60_000)))
    return {"emissions.csv": head + rows}


@bomb("container recipes, packages")
def tensors(size: float) -> Texts:
    """A header of hundreds of thousands of tensors."""
    tensor = {"dtype": "BF16", "shape": [1], "data_offsets": [0, 0]}
    header = json.dumps({f"t{at}": tensor for at in range(many(size, 55_000))}).encode()
    return {"a.safetensors": len(header).to_bytes(8, "little") + header, "a.toml": "a = 1\n"}
