"""Where does each finding stand in each launch? Hand-made readings and a small table of signals."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chipsieve.facts.conditions import MENTION, NEVER, Condition, Question
from chipsieve.facts.reading import Function, Import, Reading, Reference
from chipsieve.link.launch import Launch, Standing
from chipsieve.match.matcher import match_tree
from link_builders import choice, command, if_variable, joined, module, option, place, script, span, text, variable
from small_signals import TABLE, fact, having, launches_of, one, standings


def test_a_flag_counts_in_the_launch_that_passes_it() -> None:
    first, second = launches_of(
        [
            script("run.sh", command("torchrun train.py --bf16", at=1), command("torchrun train.py", at=2)),
            module("train.py"),
        ],
    )
    assert standings(first) == {("bf16", "run.sh"): "asserted"}
    assert standings(second) == {}
    assert (first.id, second.id) == ("run.sh:1", "run.sh:2")


def test_an_option_decides_what_stands_under_it() -> None:
    train = having(
        module("train.py", options=(option("--bf16", "false", "true"),)),
        fact("bf16", Question("option", "bf16")),
    )
    launches = launches_of(
        [script("run.sh", command("python train.py --bf16"), command("python train.py", at=2)), train]
    )
    assert [standings(launch).get(("bf16", "train.py")) for launch in launches] == ["asserted", None]


def test_standing_is_the_weakest_of_the_way_and_the_line() -> None:
    library = having(
        module("lib.py"),
        fact("bf16"),
        fact("fabric", Question("hardware")),
        fact("flash", NEVER),
        fact("asks-flash", MENTION),
    )
    sure = module("train.py", imports=(Import("lib", span()),))
    unsure = module("train.py", imports=(Import("lib", span(), conditions=(Question("hardware"),)),))
    run = script("run.sh", command("python train.py"))
    assert standings(one(run, sure, library)) == {("bf16", "lib.py"): "asserted", ("fabric", "lib.py"): "optional"}
    assert standings(one(run, unsure, library)) == {("bf16", "lib.py"): "optional", ("fabric", "lib.py"): "optional"}


def test_code_that_nobody_certainly_calls_is_optional() -> None:
    guarded = Function("main", ("plain",), (((Question("option", "fp8"),), ("special",)),))
    train = having(
        module("train.py", functions=(Function("", ("main",)), guarded)),
        fact("bf16", Question("call", "plain")),
        fact("fabric", Question("call", "special")),
    )
    run = script("run.sh", command("python train.py"), command("python train.py --fp8", at=2))
    without, with_option = launches_of([run, train])
    assert standings(without) == {("bf16", "train.py"): "asserted", ("fabric", "train.py"): "optional"}
    assert standings(with_option) == {("bf16", "train.py"): "asserted", ("fabric", "train.py"): "asserted"}


def test_the_environment_in_force_counts_and_nothing_else() -> None:
    run = script(
        "run.sh",
        command("python prepare.py", environment={"NCCL_IB_HCA": text("mlx5_0")}),
        command("torchrun train.py", at=2),
        command("torchrun train.py", at=3, environment={"NCCL_IB_HCA": text("mlx5_0", line=3)}),
    )
    launches = launches_of([having(run, fact("fabric", kind="env", line=9)), module("train.py"), module("prepare.py")])
    assert [standings(launch) for launch in launches] == [
        {("fabric", "run.sh"): "asserted"}, {}, {("fabric", "run.sh"): "asserted"}
    ]  # fmt: skip


def test_a_launch_that_asks_for_a_module_meets_its_import_guards_and_pins() -> None:
    train = having(module("train.py"), fact("flash", Question("import", "flash_attn.ops"), kind="import"))
    pins = Reading("requirements.txt", "requirements", facts=(fact("flash", kind="pin"),))
    run = script("run.sh", command("python train.py --flash"), command("python train.py", at=2))
    asking, other = launches_of([run, train, pins])
    assert standings(asking) == {
        ("asks-flash", "run.sh"): "asserted",
        ("flash", "train.py"): "asserted",
        ("flash", "requirements.txt"): "asserted",
    }
    assert standings(other) == {("flash", "train.py"): "optional", ("flash", "requirements.txt"): "optional"}


def test_the_named_config_is_in_the_launch_and_its_siblings_are_not() -> None:
    configs = [Reading(name, "json", facts=(fact("bf16", kind="key"),)) for name in ("conf/a.json", "conf/b.json")]
    launch = one(script("conf/run.sh", command("deepspeed train.py --deepspeed a.json")), module("train.py"), *configs)
    assert standings(launch) == {("bf16", "conf/a.json"): "asserted"}


def test_a_config_that_code_opens_is_in_the_launch() -> None:
    config = Reading("conf/a.json", "json", facts=(fact("bf16", kind="key"),))
    train = replace(module("train.py"), references=(Reference("conf/a.json", span()),))
    assert standings(one(script("run.sh", command("python train.py")), train, config)) == {
        ("bf16", "conf/a.json"): "asserted"
    }


def test_conditions_under_which_the_run_itself_stands_are_met_in_it() -> None:
    condition = if_variable("MODE", "fast")
    run = script("run.sh", command("python train.py --bf16", conditions=(condition,)))
    assert standings(one(run, module("train.py"))) == {("bf16", "run.sh"): "asserted"}


def test_a_command_in_prose_is_a_launch_when_there_is_no_other_and_stays_optional() -> None:
    unsure = Question("unknown", text="a README's code block")
    readme = Reading("README.md", "prose", commands=(command("torchrun train.py --bf16", at=7, conditions=(unsure,)),))
    assert standings(one(readme, module("train.py"))) == {("bf16", "README.md"): "optional"}
    assert one(readme, module("train.py"), script("run.sh", command("torchrun train.py"))).path == "run.sh"


def test_entry_modules_stand_in_for_scripts() -> None:
    train = having(module("train.py", entry=True), fact("bf16", Question("entry")))
    assert standings(one(train, module("lib.py"))) == {("bf16", "train.py"): "asserted"}
    assert launches_of([module("lib.py"), module("tool.py", entry=True)]) == ()


def test_programs_from_elsewhere_are_no_launches_unless_they_train() -> None:
    run = script(
        "run.sh",
        command("python -m pip install x"),
        command("python -m pytest", at=2),
        command("torchrun ${CODE}/train.py", at=3),
    )
    assert [launch.id for launch in launches_of([run])] == ["run.sh:3"]


def test_the_whole_tree_by_eye_meets_every_condition_but_a_mention() -> None:
    library = having(
        module("lib.py"),
        fact("bf16", NEVER),
        fact("fabric", Question("hardware")),
        fact("flash", MENTION),
    )
    (launch,) = launches_of([library], scope="tree")
    assert standings(launch) == {("bf16", "lib.py"): "asserted", ("fabric", "lib.py"): "asserted"}
    assert launch.id == "tree"


def test_two_runs_at_one_line_have_ids_of_their_own() -> None:
    run = script("run.sh", command("torchrun a.py"), command("torchrun b.py"))
    assert [launch.id for launch in launches_of([run, module("a.py"), module("b.py")])] == ["run.sh:1", "run.sh:1#2"]


def test_a_key_that_the_command_line_overrides_proves_nothing() -> None:
    config = Reading("conf/a.yaml", "yaml", facts=(fact("bf16", kind="key"),))
    plain = command("python train.py --config a.yaml", at=1)
    overridden = command("python train.py --config a.yaml trainer.bf16=false", at=2)
    first, second = launches_of([script("conf/run.sh", plain, overridden), module("train.py"), config])
    assert standings(first) == {("bf16", "conf/a.yaml"): "asserted"}
    assert standings(second) == {("bf16", "conf/a.yaml"): "optional"}


def test_an_override_on_the_command_line_is_a_key_of_its_own() -> None:
    launch = one(script("run.sh", command("python train.py trainer.bf16=true")), module("train.py"))
    assert standings(launch) == {("bf16", "run.sh"): "asserted"}


def test_runs_beyond_the_limit_are_a_gap_and_not_silent() -> None:
    run = script("grid.sh", *(command("torchrun train.py", at=line) for line in range(1, 70)))
    matched = match_tree([run, module("train.py")], TABLE)
    assert len(matched.launches) == 64
    assert [(gap.path, gap.line) for gap in matched.gaps] == [("grid.sh", 65)]


def test_each_of_many_configs_is_a_launch_that_its_id_names() -> None:
    name = joined(text("config_"), variable("SYSTEM"), text(".sh"))
    run = script("run.sh", command([text("source"), name], sources=True), command("torchrun train.py", at=12))
    configs = [
        having(
            script("config_A.sh", bindings={"NCCL_IB_HCA": text("mlx5_0", line=3)}),
            fact("fabric", kind="env", line=3),
        ),
        script("config_B.sh", bindings={"OTHER": text("1")}),
    ]
    first, second = launches_of([run, *configs, module("train.py")])
    assert (first.id, second.id) == ("run.sh:12#config_A.sh", "run.sh:12#config_B.sh")
    assert standings(first) == {("fabric", "config_A.sh"): "asserted"}
    assert standings(second) == {}
    assert "config_A.sh" not in second.files


def image(path: str, *conditions: Condition) -> Reading:
    """A Dockerfile that builds on an image which says something."""
    return Reading(path, "dockerfile", facts=(fact("bf16", *conditions, kind="image"),))


def stands(*readings: Reading, path: str = "Dockerfile") -> Standing | None:
    """How the Dockerfile's finding stands in the only launch."""
    return standings(one(*readings)).get(("bf16", path))


@pytest.mark.parametrize(
    "line",
    [
        "docker exec box python train.py", "docker run --gpus all box python train.py", "podman run b python train.py",
        "srun --container-name=box python train.py", "srun -N 2 --container-image box torchrun train.py",
        "singularity exec --nv box.sif python train.py", "apptainer run box.sif python train.py",
        "/usr/bin/docker exec box python train.py",
    ],
)  # fmt: skip
def test_a_run_in_a_container_stands_in_the_image_that_lies_beside_it(line: str) -> None:
    assert stands(script("run.sh", command(line)), image("Dockerfile"), module("train.py")) == "asserted"


@pytest.mark.parametrize(
    "line",
    [
        "python train.py", "srun python train.py", "srun --contain=1 python train.py",
        "python train.py --container box", "srun python train.py --container-name box", "python train.py --docker exec",
        "conda run python train.py",
    ],
)  # fmt: skip
def test_elsewhere_an_image_only_may_be_the_runs(line: str) -> None:
    assert stands(script("run.sh", command(line)), image("Dockerfile"), module("train.py")) == "optional"


def test_a_container_that_is_started_before_counts_and_one_that_is_built_does_not() -> None:
    train, shell = command("python train.py", at=2), "docker exec box bash setup.sh"
    entered, built = (script("run.sh", command(line), train) for line in (shell, "docker build -t box ."))
    assert stands(entered, image("Dockerfile"), module("train.py")) == "asserted"
    assert stands(built, image("Dockerfile"), module("train.py")) == "optional"


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        (("Dockerfile", "Dockerfile.dev"), "asserted"),  # the one that is built when none is named
        (("Dockerfile", "Dockerfile.rocm"), "optional"),
        (("Dockerfile.a", "Dockerfile.b"), "optional"),
    ],
)
def test_of_several_recipes_the_default_counts_unless_one_is_for_another_vendor(
    names: tuple[str, str], answer: str
) -> None:
    run = script("run.sh", command("docker exec box python train.py"))
    several = standings(one(run, *map(image, names), module("train.py")))
    assert several == {("bf16", names[0]): answer, ("bf16", names[1]): "optional"}


def test_a_script_that_names_an_image_stands_in_that_one() -> None:
    run = script("run.sh", command("docker run nvidia/cuda python train.py"))
    named = having(run, fact("fabric", kind="image"))
    assert standings(one(named, image("Dockerfile"), module("train.py"))) == {
        ("fabric", "run.sh"): "asserted", ("bf16", "Dockerfile"): "optional"
    }  # fmt: skip


@pytest.mark.parametrize(
    "local", ["bf16-trainer", "trainer:bf16", "/shared/bf16.sif", "images/bf16.sqsh", "<image>/bf16"]
)
def test_a_local_name_is_what_the_recipe_beside_builds(local: str) -> None:
    run = script("run.sh", command("docker exec box python train.py"))
    named = having(run, replace(fact("bf16", kind="image"), value=local))
    found = standings(one(named, image("Dockerfile"), module("train.py")))
    assert found["bf16", "Dockerfile"] == "asserted"
    elsewhere = having(run, replace(fact("bf16", kind="image"), value="docker://registry.example:5000/team#bf16:1"))
    assert standings(one(elsewhere, image("Dockerfile"), module("train.py")))["bf16", "Dockerfile"] == "optional"


@pytest.mark.parametrize(
    ("line", "standing"),
    [
        ("docker build -f docker/Dockerfile.cuda -t box .", "asserted"),
        ("docker buildx build --file=docker/Dockerfile.cuda .", "asserted"),
        ("docker build docker", "optional"),  # that one has no default recipe
        ("docker build -f Dockerfile.rocm .", "optional"),
        ("docker build -f missing/Dockerfile.tpu .", "optional"),
        ("echo docker build", "optional"),
    ],
)
def test_the_recipe_is_the_one_that_the_script_builds(line: str, standing: Standing) -> None:
    run = script("run.sh", command(line), command("docker run box python train.py", at=2))
    launch = one(run, image("docker/Dockerfile.cuda"), image("Dockerfile.rocm"), module("train.py"))
    assert standings(launch).get(("bf16", "docker/Dockerfile.cuda"), "optional") == standing


def test_a_recipe_called_after_one_vendor_does_not_speak_beside_others() -> None:
    run = script("run.sh", command("docker run box python train.py"))
    alone = one(run, image("Dockerfile.rocm"), module("train.py"))
    assert standings(alone)["bf16", "Dockerfile.rocm"] == "asserted"
    beside = one(run, image("Dockerfile.rocm"), image("docker/cuda/Dockerfile.cuda"), module("train.py"))
    assert standings(beside)["bf16", "Dockerfile.rocm"] == "optional"


def test_the_recipe_is_the_scripts_before_the_entrys() -> None:
    run = script("jobs/run.sh", command("docker exec box python code/train.py"))
    train = module("code/train.py")
    assert stands(run, train, image("code/Dockerfile"), path="code/Dockerfile") == "asserted"
    both = standings(one(run, train, image("code/Dockerfile"), image("jobs/Dockerfile")))
    assert both == {("bf16", "code/Dockerfile"): "optional", ("bf16", "jobs/Dockerfile"): "asserted"}
    unclear = one(run, train, image("code/Dockerfile"), image("jobs/a.dockerfile"), image("jobs/b.dockerfile"))
    assert set(standings(unclear).values()) == {"optional"}
    assert stands(run, train, image("other/Dockerfile"), path="other/Dockerfile") is None


def test_a_recipes_line_under_a_condition_stays_optional_and_a_mention_inert() -> None:
    run = script("run.sh", command("docker exec box python train.py"))
    assert stands(run, image("Dockerfile", Question("unknown")), module("train.py")) == "optional"
    assert stands(run, image("Dockerfile", MENTION), module("train.py")) is None


def test_the_container_may_be_entered_by_the_script_around() -> None:
    outer = script("jobs/run.sh", command("docker exec box bash jobs/inner.sh"))
    inner = script("jobs/inner.sh", command("torchrun train.py"))
    launch = one(outer, inner, image("jobs/Dockerfile"), module("train.py"))
    assert standings(launch) == {("bf16", "jobs/Dockerfile"): "asserted"}


PIN = Reading("requirements.txt", "requirements", facts=(fact("flash", kind="pin"),))


def importing(name: str, *conditions: Condition, level: int = 0) -> Import:
    return Import(name, span(), level, conditions=conditions)


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ((importing("flash_attn"),), "asserted"),
        ((importing("flash_attn.ops.rotary"),), "asserted"),
        ((importing("torch"), importing("flash_attn")), "asserted"),
        ((importing("flash_attn", Question("entry")),), "asserted"),
        ((importing("lib"),), "asserted"),
        ((), "optional"),
        ((importing("torch"),), "optional"),
        ((importing("flash_attn_interface"),), "optional"),
        ((importing("my.flash_attn"),), "optional"),
        ((importing("flash_attn", level=1),), "optional"),
        ((importing("flash_attn", Question("hardware")),), "optional"),
        ((importing("flash_attn", Question("import", "flash_attn")),), "optional"),
        ((importing("flash_attn", NEVER),), "optional"),
        ((importing("lib", Question("hardware")),), "optional"),
    ],
)
def test_a_pin_takes_effect_where_the_run_certainly_imports_the_package(
    imports: tuple[Import, ...], expected: Standing
) -> None:
    library = module("lib.py", imports=(importing("flash_attn"),))
    launch = one(script("run.sh", command("python train.py")), module("train.py", imports=imports), library, PIN)
    assert standings(launch) == {("flash", "requirements.txt"): expected}


def test_another_run_that_imports_the_package_asserts_nothing_here() -> None:
    run = script("run.sh", command("python train.py"), command("python train_other.py", at=2))
    other = module("train_other.py", imports=(importing("flash_attn"),))
    first, second = launches_of([run, module("train.py"), other, PIN])
    assert standings(first) == {("flash", "requirements.txt"): "optional"}
    assert standings(second) == {("flash", "requirements.txt"): "asserted"}


WHO = if_variable("WHO")


def lines(launch: Launch, path: str) -> dict[int, Standing]:
    """Where the findings of one file stand, by line."""
    return {item.span.line: stands for item, stands in launch.findings if item.path == path}


def test_of_the_variables_of_its_script_a_run_has_those_that_are_in_force() -> None:
    in_force = command("torchrun train.py", at=5, environment={"NCCL_IB_HCA": text("mlx5_0", line=4)})
    facts = [fact("fabric", kind="env", line=line) for line in (2, 4, 9)]  # overwritten, in force, set afterwards
    run, train = script("run.sh", in_force), module("train.py")
    assert lines(one(having(run, *facts), train), "run.sh") == {4: "asserted"}
    unset = script("run.sh", command("torchrun train.py", at=5))
    assert lines(one(having(unset, *facts), train), "run.sh") == {}
    unsure = script("run.sh", replace(in_force, environment=(("NCCL_IB_HCA", choice(((WHO,), "mlx5_0"))),)))
    assert set(lines(one(having(unsure, *facts), train), "run.sh").values()) == {"optional"}


def test_of_the_flags_of_its_script_a_run_has_its_own() -> None:
    facts = [fact("bf16", kind="flag", line=line) for line in (1, 2, 3)]
    commands = (command("torchrun train.py --bf16"), command("torchrun train.py", at=2), command("echo --bf16", at=3))
    first, second = launches_of([having(script("run.sh", *commands), *facts), module("train.py")])
    assert (lines(first, "run.sh"), lines(second, "run.sh")) == ({1: "asserted"}, {})


@pytest.mark.parametrize("language", ["python", "notebook", "yaml", "dockerfile"])
def test_the_variables_and_flags_of_a_file_that_is_merely_read_stay(language: str) -> None:
    name = "conf.yaml" if language == "yaml" else "conf.py"
    facts = (fact("fabric", kind="env", line=2), fact("bf16", kind="flag", line=3), fact("fabric", NEVER, line=4))
    config = Reading(name, language, facts=facts)
    train = replace(module("train.py"), references=(Reference("conf.yaml", span()),), imports=(importing("conf"),))
    run = script("run.sh", command("torchrun train.py", environment={"NCCL_IB_HCA": text("other")}))
    assert lines(one(run, train, config), name) == {2: "asserted", 3: "asserted"}


def test_what_code_sets_stays_though_it_starts_the_run() -> None:
    facts = (fact("fabric", kind="env", line=2), fact("bf16", kind="flag", line=3))
    start = replace(module("start.py"), commands=(command("torchrun train.py", at=9),), facts=facts)
    assert lines(one(start, module("train.py")), "start.py") == {2: "asserted", 3: "asserted"}
    shell = replace(start, path="start.sh", language="shell")
    assert lines(one(shell, module("train.py")), "start.sh") == {}


def test_a_fact_of_the_words_stands_where_the_script_states_it_and_else_for_itself() -> None:
    words = command("torchrun train.py --bf16", at=4)
    stated = having(script("run.sh", words), fact("bf16", kind="flag", line=4))
    (ours,) = one(stated, module("train.py")).findings
    (linked,) = one(script("run.sh", words), module("train.py")).findings
    assert (ours[0].engine, linked[0].engine) == ("test", "link")
    assert (ours[0].span.line, ours[1]) == (linked[0].span.line, linked[1]) == (4, "asserted")


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("torchrun ${HOME}/code/pretrain.py --config ds", {"jobs/ds.yaml"}),  # nobody knows where that code lies
        ("torchrun code/pretrain.py --config ds", {"code/ds.yaml", "code/pretrain.py"}),
        ("torchrun code/pretrain.py --config=other", {"code/pretrain.py"}),
    ],
)
def test_configs_are_looked_for_beside_an_entry_that_is_known(line: str, files: set[str]) -> None:
    configs = [Reading("jobs/ds.yaml", "yaml"), Reading("code/ds.yaml", "yaml")]
    entry = [module("code/pretrain.py")] if line.startswith("torchrun code") else []
    found = one(script("jobs/run.sh", command(line, directory=text(".."))), *entry, *configs)
    assert set(found.files) - {"jobs/run.sh"} == files


@pytest.mark.parametrize("between", ["=", " "])
def test_a_config_on_the_scripts_own_place_is_found_from_the_root(between: str) -> None:
    config = (place("script_directory"), text("/ds.json"))
    flag = [joined(text("--config="), *config)] if between == "=" else [text("--config"), joined(*config)]
    configs = [Reading(path, "json", facts=(fact("bf16", kind="key"),)) for path in ("ds.json", "sub/ds.json")]
    run = command([text("python"), text("train.py"), *flag], directory=joined(place("script_directory"), text("/..")))
    assert standings(one(script("sub/run.sh", run), module("train.py"), *configs)) == {
        ("bf16", "sub/ds.json"): "asserted"
    }
