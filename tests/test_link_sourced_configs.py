"""Is a script that may run with one of several configurations a run of its own with each of them?"""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from chipsieve.facts.reading import Command, Reading
from chipsieve.link.file_index import FileIndex
from chipsieve.link.following import follow
from link_builders import (
    command,
    either,
    joined,
    line,
    module,
    runs,
    script,
    text,
    variable,
)


def test_each_script_that_may_be_sourced_is_a_variant() -> None:
    source = command([text("source"), either("a.sh", "b.sh")], sources=True)
    outer = script("run.sh", source, command([text("python"), text("train.py"), variable("N")], at=2))
    configs = [script(f"{name}.sh", bindings={"N": text(name)}) for name in "ab"]
    assert [(run.variant, line(run)) for run in runs("run.sh", outer, *configs)] == [
        ("a.sh", "python train.py a"), ("b.sh", "python train.py b")
    ]  # fmt: skip


def sourcing(*parts: str, at: int = 1) -> Command:
    """`source` of a name in which `$X` stands for a variable: `config_`, `$SYSTEM`, `.sh`."""
    name = joined(*(variable(part[1:]) if part.startswith("$") else text(part) for part in parts))
    return command([text("source"), name], at=at, sources=True)


def started(*parts: str, more: tuple[Command, ...] = (), folder: str = "") -> Reading:
    """A script that sources a config by a partly unknown name, then trains with the variable N."""
    run = command([text("python"), text("train.py"), text("--n"), variable("N")], at=2)
    return script(f"{folder}run.sh", sourcing(*parts), run, *more)


CONFIGS = tuple(script(f"config_{name}.sh", bindings={"N": text(name)}) for name in "AB")


BY_SYSTEM = ("config_", "$SYSTEM", ".sh")


def test_each_config_that_a_name_may_mean_is_a_run_of_its_own() -> None:
    others = (script("config.sh"), script("my_config_C.sh"), Reading("config_D.sh.txt", "prose"), module("config_E.sh"))
    followed = follow(FileIndex([started(*BY_SYSTEM), *CONFIGS, *others, module("train.py")]))
    found = followed.runs["run.sh"]
    assert [(run.variant, line(run)) for run in found] == [
        ("config_A.sh", "python train.py --n A"), ("config_B.sh", "python train.py --n B")
    ]  # fmt: skip
    assert [run.environment["N"].text for run in found] == ["A", "B"]
    assert [run.scripts for run in found] == [("run.sh", "config_A.sh"), ("run.sh", "config_B.sh")]
    assert followed.called == {"config_A.sh", "config_B.sh"}


def test_a_candidates_variables_are_no_other_candidates() -> None:
    more = script("config_B.sh", bindings={"M": text("1")})
    first, second = runs("run.sh", started(*BY_SYSTEM), CONFIGS[0], more)
    assert line(first) == "python train.py --n A"
    assert line(second) == "python train.py --n ${N}"
    assert "M" not in first.environment


def test_one_config_alone_is_not_taken_for_the_one_that_is_meant() -> None:
    (run,) = runs("run.sh", started(*BY_SYSTEM), CONFIGS[0])
    assert (run.variant, line(run), run.scripts) == ("", "python train.py --n ${N}", ("run.sh",))


def test_a_name_that_is_known_is_that_script() -> None:
    known = replace(started(*BY_SYSTEM), commands=(
        command("source system.sh", sources=True), *started(*BY_SYSTEM).commands
    ))  # fmt: skip
    (run,) = runs("run.sh", known, script("system.sh", bindings={"SYSTEM": text("B")}), *CONFIGS)
    assert (run.variant, line(run)) == ("", "python train.py --n B")


@pytest.mark.parametrize("parts", [("c_", "$SYSTEM", ".sh"), ("$SYSTEM", ".sh"), ("$CONFIG",), ("a", "$B", "c", "$D")])
def test_a_name_of_which_too_little_is_known_means_nobody(parts: tuple[str, ...]) -> None:
    configs = [script(f"c_{name}.sh", bindings={"N": text(name)}) for name in "AB"]
    (run,) = runs("run.sh", started(*parts), *configs, *CONFIGS)
    assert (run.variant, line(run)) == ("", "python train.py --n ${N}")


@pytest.mark.parametrize(
    ("parts", "variants"),
    [
        (("models/", "$1", ".sh"), ["a.sh", "b.sh"]),
        (("$CODE", "/models/", "$1", ".sh"), ["a.sh", "b.sh"]),
        (("./models/", "$1", ".sh"), ["a.sh", "b.sh"]),
        (("models/", "$1"), [""]),
        (("$CODE", "/", "$1", ".sh"), [""]),
        (("./", "$1", ".sh"), [""]),
        (("elsewhere/", "$1", ".sh"), [""]),
    ],
)
def test_any_script_of_a_folder_that_is_known_may_be_meant(parts: tuple[str, ...], variants: list[str]) -> None:
    configs = [script(f"models/{name}.sh", bindings={"N": text(name)}) for name in "ab"]
    more = [script(f"models/deep/{name}.sh") for name in "cd"]
    found = runs("run.sh", started(*parts), *configs, *more, script("x.sh"), script("y.sh"), module("train.py"))
    assert [run.variant for run in found] == variants


def test_candidates_are_those_of_the_nearest_folder_that_has_any() -> None:
    near = [script(f"jobs/config_{name}.sh", bindings={"N": text(f"near-{name}")}) for name in "AB"]
    found = runs("jobs/run.sh", started(*BY_SYSTEM, folder="jobs/"), *near, *CONFIGS)
    assert [line(run).rpartition(" ")[2] for run in found] == ["near-A", "near-B"]
    above = runs("jobs/run.sh", started(*BY_SYSTEM, folder="jobs/"), *CONFIGS)
    assert [line(run).rpartition(" ")[2] for run in above] == ["A", "B"]
    alone = runs("jobs/run.sh", started(*BY_SYSTEM, folder="jobs/"), near[0], *CONFIGS)
    assert [run.variant for run in alone] == [""], "one alone is nobody, and those further away are not asked"


def test_a_name_that_is_sourced_again_is_the_same_choice() -> None:
    again = (sourcing(*BY_SYSTEM, at=3), command([text("python"), text("eval.py"), variable("N")], at=4))
    found = runs("run.sh", started(*BY_SYSTEM, more=again), *CONFIGS)
    assert [(run.variant, line(run)) for run in found] == [
        ("config_A.sh", "python train.py --n A"), ("config_A.sh", "python eval.py A"),
        ("config_B.sh", "python train.py --n B"), ("config_B.sh", "python eval.py B"),
    ]  # fmt: skip


def test_what_the_candidates_have_in_common_is_none_of_them() -> None:
    common = script("config_common.sh", bindings={"M": text("1")})
    sharing = [
        script(f"config_{name}.sh", command("source config_common.sh", sources=True), bindings={"N": text(name)})
        for name in "AB"
    ]
    found = runs("run.sh", started(*BY_SYSTEM), *sharing, common)
    assert [run.variant for run in found] == ["config_A.sh", "config_B.sh"]
    assert [run.environment["M"].text for run in found] == ["1", "1"]
    assert found[0].scripts == ("run.sh", "config_A.sh", "config_common.sh")


def test_what_a_script_started_before_has_no_variant() -> None:
    early = command("python early.py")
    whole = replace(started(*BY_SYSTEM), commands=(early, *started(*BY_SYSTEM).commands))
    assert [run.variant for run in runs("run.sh", whole, *CONFIGS)] == ["", "config_A.sh", "config_B.sh"]


def job(*names: str, folder: str = "") -> Reading:
    """A job script that uses variables which it does not set."""
    words = [text("python"), text("train.py"), *map(variable, names)]
    return script(f"{folder}run.sub", command(words, at=4))


def configured(path: str, **values: str) -> Reading:
    return script(path, bindings={name: text(value) for name, value in values.items()})


@pytest.mark.parametrize("folder", ["", "configs/", "config/"])
def test_each_configuration_that_a_job_expects_is_a_run_of_its_own(folder: str) -> None:
    common = configured(f"{folder}config_common.sh", A="0", B="0")
    configs = [
        replace(configured(f"{folder}config_{name}.sh", A=name, B="1", C="2"), commands=(
            command(f"source {folder}config_common.sh", sources=True),
        ))
        for name in ("MI300X", "DGXH100")
    ]  # fmt: skip
    followed = follow(FileIndex([job("A", "B"), *configs, common, module("train.py")]))
    found = followed.runs["run.sub"]
    assert [(run.variant, line(run)) for run in found] == [
        ("config_DGXH100.sh", "python train.py DGXH100 1"), ("config_MI300X.sh", "python train.py MI300X 1")
    ]  # fmt: skip
    assert [run.environment["C"].text for run in found] == ["2", "2"]
    assert found[0].scripts == ("run.sub", f"{folder}config_DGXH100.sh", f"{folder}config_common.sh")


@pytest.mark.parametrize(
    "others",
    [
        [configured("config_A.sh", A="1")],
        [configured("config_A.sh", C="1", D="2")],
        [configured("settings_A.sh", A="1", B="2")],
        [configured("deep/er/config_A.sh", A="1", B="2")],
        [Reading("config_A.sh", "python", bindings=(("A", text("1")), ("B", text("2"))))],
    ],
    ids=["one variable alone", "other variables", "another name", "another folder", "no script"],
)
def test_a_job_expects_no_other_files(others: list[Reading]) -> None:
    (run,) = runs("run.sub", job("A", "B"), *others, module("train.py"))
    assert (run.variant, line(run)) == ("", "python train.py ${A} ${B}")


@pytest.mark.parametrize("name", ["config_A.sh", "./config_A.sh", "config_$SYSTEM.sh", "$CONFIG"])
def test_a_job_that_sources_its_configuration_expects_none(name: str) -> None:
    own = sourcing(*re.findall(r"\$\w+|[^$]+", name))
    whole = replace(job("A", "B"), commands=(own, *job("A", "B").commands))
    found = runs("run.sub", whole, configured("config_A.sh", A="1", B="2"), module("train.py"))
    assert [run.variant for run in found] == [""]


def test_more_configurations_than_anybody_would_judge_are_a_gap() -> None:
    configs = [configured(f"config_{number}.sh", A="1", B="2") for number in range(80)]
    followed = follow(FileIndex([job("A", "B"), *configs, module("train.py")]))
    assert len(followed.runs["run.sub"]) == 64
    assert [gap.path for gap in followed.gaps] == ["run.sub"]


def test_the_ways_through_many_families_of_configs_are_bounded() -> None:
    names = [f"family{letter}" for letter in "abcdefgh"]
    sources = [
        command([text("source"), joined(text(f"{name}_"), variable("X"), text(".sh"))], at=at, sources=True)
        for at, name in enumerate(names, 1)
    ]
    configs = [
        script(f"{name}_{number}.sh", bindings={name: text(str(number))}) for name in names for number in range(8)
    ]
    train = command("python train.py", at=9)
    followed = follow(FileIndex([script("run.sh", *sources, train), *configs, module("train.py")]))
    found = followed.runs["run.sh"]
    assert 8 <= len(found) <= 64
    assert {gap.line for gap in followed.gaps} == {*range(2, 9)}
    assert {run.program.entry for run in found} == {"train.py"}
