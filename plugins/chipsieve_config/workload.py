"""What does a configuration run? Its shell scripts, and its commands given word by word.

Sources: Kubernetes documentation, "Define a Command and Arguments for a Container"; Docker documentation, "Compose file
reference"; Weights & Biases documentation, "Sweep configuration structure"; Vertex AI, "CustomJobSpec".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import basename
from typing import Literal, NamedTuple

from chipsieve.commands.flags import flags
from chipsieve.commands.launchers import launchers
from chipsieve.commands.passed_environment import Beginning, passed
from chipsieve.facts.conditions import Conditions, Question
from chipsieve.facts.conventions import IMAGE_KEYS
from chipsieve.facts.reading import Command
from chipsieve.facts.words import Part, Word
from chipsieve_config.collector import Collector
from chipsieve_config.config_tree import Mapping, Node, Scalar
from chipsieve_config.config_tree import Sequence as SequenceNode
from chipsieve_config.embedded_shell import Script, dedented, embedded, joined

SCRIPTS = (
    "run", "script", "before_script", "after_script", "setup", "bash", "inlineScript",
)  # fmt: skip
LINES = (
    "commands", "cmds", "setup_commands", "initialization_commands", "head_setup_commands", "worker_setup_commands",
    "head_start_ray_commands", "worker_start_ray_commands",
)  # fmt: skip
WORDS = (
    ("entrypoint", "entryPoint", "container_entrypoint", "ContainerEntrypoint"),
    ("command", "cmd", "Command"),
    ("args", "arguments", "Args", "container_arguments", "ContainerArguments"),
)
"""The keys under which the words of one command stand, in the order in which they are joined."""
TASKS = ("tasks", "scripts")
"""Keys below which each entry is a task by its name: of pixi, poe, hatch, PDM, taskipy, npm."""
TASK_LIMIT = 500  # tasks read in one mapping
SOURCE = "source"  # of an Argo script, which the container's command runs
MODULE = ("pythonModule", "python_module")  # of Vertex AI's package specification
PYTHON_FILES = ("script", "python_file", "entry_point", "main_python_file_uri", "mainPythonFileUri")
"""Keys of a Python file that a service runs: Azure ML, Databricks, SageMaker, Dataproc."""
PARAMETERS = ("args", "arguments", "parameters", "hyperparameters")
PROGRAM = "program"  # of a sweep of Weights & Biases
SWEEP = ("method", "parameters")
STARTERS = (*SCRIPTS, *LINES, *(name for names in WORDS for name in names), *MODULE, *PYTHON_FILES, PROGRAM)
ENVIRONMENTS = (
    "env", "envs", "environment", "env_vars", "envVars", "env_variables", "environment_variables", "variables",
    "Environment",
)  # fmt: skip
FOLDERS = ("workingDir", "working_dir", "working-directory", "workdir", "code")
SHEBANG = re.compile(r"\s*#![^\n]*sh\b")
SHELL_TEXT = re.compile(r"-[a-z]*c")
SHELL_WITHIN = 3  # words in which a shell stands that is given its script: `["tini", "--", "bash", "-c", "..."]`
OPERATORS = re.compile(r"[;|&<>`\n]|\$\(")
FILES = (".sh", ".bash", ".py")
SWEPT = {
    "${env}": ("/usr/bin/env",), "${interpreter}": ("python",), "${args}": ("--",), "${args_no_boolean_flags}": ("--",),
    "${args_no_hyphens}": ("",),
}  # fmt: skip
UNSWEPT = ("${env}", "${interpreter}", "${program}", "${args}")
ONE_OF_A_SWEEP: Conditions = (Question("unknown", text="one of the values of a sweep"),)


class Around(NamedTuple):
    """What a command takes from the text around it: when it runs, its variables, the folder in which it runs."""

    conditions: Conditions = ()
    environment: tuple[tuple[str, Word], ...] = ()
    directory: Word | None = None


def workload(out: Collector, node: Mapping, conditions: Conditions) -> None:
    """Record the shell scripts and commands of one mapping: a job, a step, a container."""
    if node.get(*STARTERS) is None:
        return
    around = Around(conditions, _environment(out, node), _folder(out, node))
    for name in (*SCRIPTS, *LINES):
        value = node.get(name)
        no_script = isinstance(value, Scalar) and (name in LINES or (name in PYTHON_FILES and _is_python_file(value)))
        script = None if no_script else _script(out, value)
        if script:
            shell(out, script, around)
    module, program, file = node.get(*MODULE), node.get(PROGRAM), node.get(*PYTHON_FILES)
    if isinstance(program, Scalar) and node.get(*SWEEP) is not None:
        _sweep(out, node, program, around)
    elif isinstance(module, Scalar):
        start = [_made(text, module) for text in ("python", "-m")]
        command(out, [*start, module, *_joined(node, WORDS[-1:])], around)
    elif isinstance(file, Scalar) and _is_python_file(file):
        command(out, [file, *_parameters(node)], around)
    else:
        _joined_command(out, node, around)


def command_line(out: Collector, value: Scalar, conditions: Conditions) -> None:
    """Record a text under a key such as `train_command` as a script when it begins with a known program."""
    words = (value.text or "").split()
    if len(words) > 1 and _starts(words[0]):
        shell(out, embedded(out, value), Around(conditions))


def written_file(out: Collector, key: Scalar, value: Scalar, conditions: Conditions) -> None:
    """Record a text of several lines as the script that it is: `run.sh: |` of a ConfigMap, or one with `#!`."""
    name, text = key.text or "", value.text or ""
    if name.endswith(FILES):
        script = dedented(out, value)
        out.file(word(out, key), script.text, script.line, conditions, script.offsets)
    elif name not in STARTERS and SHEBANG.match(text):
        shell(out, embedded(out, value), Around(conditions))


def tasks(out: Collector, node: Mapping, conditions: Conditions) -> None:
    """Record the tasks of a project file: `train = "python train.py"`, `{shell = "..."}`, a list of lines."""
    entries = node.entries if node.get(*STARTERS) is None else []
    if len(entries) > TASK_LIMIT:
        line = out.lines.position(entries[TASK_LIMIT][0].start)[0]
        out.gap(f"more than {TASK_LIMIT} tasks: the rest was not read", line)
    for _, value in entries[:TASK_LIMIT]:
        given = value.get("shell") if isinstance(value, Mapping) else value
        lines = given.scalars() if isinstance(given, SequenceNode) else [given] if isinstance(given, Scalar) else []
        if any(_is_line(line) and _starts((line.text or "").split()[0]) for line in lines):
            shell(out, joined(out, lines), Around(conditions))


def _script(out: Collector, value: Node | None) -> Script | None:
    """The shell script in a value: a text of several words or the name of a script, or a list of lines."""
    if isinstance(value, Scalar):
        return embedded(out, value) if _is_line(value) else None
    lines = value.scalars() if isinstance(value, SequenceNode) else []
    return joined(out, lines) if any(map(_is_line, lines)) else None


def _is_python_file(value: Scalar) -> bool:
    text = (value.text or "").strip()
    return text.endswith(".py") and text.split() == [text]


def _parameters(node: Mapping) -> Iterator[Scalar]:
    """The arguments of a Python file: words, or the values of its options by their names."""
    value = node.get(*PARAMETERS)
    if isinstance(value, SequenceNode):
        yield from _items(value)
    for key, item in value.entries if isinstance(value, Mapping) else []:
        if isinstance(item, Scalar):
            yield from (_made(f"--{key.text}", key), item)


def _is_line(value: Scalar) -> bool:
    text = (value.text or "").strip()
    return len(text.split()) > 1 or text.endswith(FILES)


def _joined_command(out: Collector, node: Mapping, around: Around) -> None:
    """The command whose words stand under several keys, or in one text."""
    given = [value for names in WORDS if (value := node.get(*names)) is not None]
    alone = given[0] if len(given) == 1 else None
    arguments_only = all(node.get(*names) is None for names in WORDS[:-1])
    certain = not arguments_only and not any(isinstance(value, Scalar) for value in given)
    words = _joined(node, WORDS)
    source = node.get(SOURCE)
    if words and isinstance(source, Scalar) and basename(words[0].text or "") in launchers().shells:
        shell(out, embedded(out, source), around)
    elif isinstance(alone, Scalar):
        script = None if arguments_only and not _starts((alone.text or "").partition(" ")[0]) else _script(out, alone)
        if script:
            shell(out, script, around)
    elif arguments_only and words and node.get(*IMAGE_KEYS) and (words[0].text or "").startswith("-"):
        _of_the_image(out, words)
    elif words and (certain or any(_starts(word.text or "") for word in words)):
        command(out, words, around)


def _of_the_image(out: Collector, words: list[Scalar]) -> None:
    """Arguments alone: nobody knows which program the image starts with them. It matters if a signal asks for one."""
    given = flags([word.text for word in words])
    if any(out.vocabulary.asks("flag", flag.name) for flag in given):
        line = out.lines.position(words[0].start)[0]
        out.gap("arguments of a program that the image starts: no launch is made of them", line)


def _joined(node: Mapping, keys: Sequence[Sequence[str]]) -> list[Scalar]:
    """The words under several keys; a text is one word behind `bash -c`, else as many as it has."""
    words: list[Scalar] = []
    for names in keys:
        value = node.get(*names)
        if isinstance(value, SequenceNode):
            words += _items(value)
        elif isinstance(value, Scalar) and value.text:
            whole = _script_at(words) == len(words) or OPERATORS.search(value.text)
            words += [value] if whole else [_made(text, value) for text in value.text.split()]
    return words[1:] if words and words[0].text == "--" else words


def _items(value: SequenceNode) -> Iterator[Scalar]:
    """The items as words: `--lr 1` is two, and what is filled in elsewhere (`{inputValue: lr}`) an unknown one."""
    last = 0
    for item in value.items:
        if not isinstance(item, Scalar):
            yield Scalar(None, last, last)
            continue
        last = item.end
        option, blank, operand = (item.text or "").partition(" ")
        if blank and option.startswith("-") and "=" not in option and not {"'", '"'} & set(operand):
            yield from (_made(text, item) for text in (item.text or "").split())
        else:
            yield item


def _made(text: str, place: Scalar) -> Scalar:
    return Scalar(text, place.start, place.end)


def command(out: Collector, words: list[Scalar], around: Around) -> None:
    """Record a list of words: a shell with its script, one command line in one word, several lines, or a command."""
    first, at = words[0].text or "-", _script_at(words)
    if at is not None:
        if at < len(words):
            shell(out, embedded(out, words[at]), around)
    elif " " in first.strip():
        shell(out, joined(out, words), around)
    elif not first.startswith("-"):
        _state(out, [word(out, item) for item in words], words, around)


def _script_at(words: Sequence[Scalar]) -> int | None:
    """Where the script stands that a shell among the first words is given; None where there is none."""
    texts = [word.text or "" for word in words]
    shell = next((at for at, text in enumerate(texts[:SHELL_WITHIN]) if basename(text) in launchers().shells), None)
    if shell is None or (any(map(_starts, texts[:shell])) and basename(texts[0]) not in launchers().wrappers):
        return None
    given = next((at for at, text in enumerate(texts) if at > shell and SHELL_TEXT.fullmatch(text)), None)
    if given is None:
        return None
    return given + 2 if texts[given + 1 : given + 2] == ["--"] else given + 1


def _sweep(out: Collector, node: Mapping, program: Scalar, around: Around) -> None:
    """A run of a sweep: its program with a value for each parameter, by the command's macros."""
    command, parameters = node.get("command"), node.get("parameters")
    items = _items(command) if isinstance(command, SequenceNode) else (_made(text, program) for text in UNSWEPT)
    words: list[Word] = []
    for item in items:
        if item.text == "${program}":
            words.append(word(out, program))
        elif item.text not in SWEPT:
            words.append(word(out, item))
        elif item.text.startswith("${args"):
            prefix = SWEPT[item.text][0]
            swept = parameters.entries if isinstance(parameters, Mapping) else []
            words += [made for key, value in swept if (made := _swept(out, prefix, key, value))]
        else:
            words += [word(out, _made(text, item)) for text in SWEPT[item.text]]
    _state(out, words, [program], around)


def _swept(out: Collector, prefix: str, key: Scalar, value: Node) -> Word | None:
    """`--lr=0.1`: a parameter's one value, or one of several."""
    one = value.get("value") if isinstance(value, Mapping) else value
    several = value.get("values") if isinstance(value, Mapping) else None
    span = out.lines.span(key.start, key.end)
    option = Part("text", f"{prefix}{key.text}=", span, quoted=True)
    if isinstance(one, Scalar):
        return Word((option, *word(out, one).parts), span)
    values = several.scalars() if isinstance(several, SequenceNode) else []
    choices = tuple((ONE_OF_A_SWEEP, word(out, item)) for item in values)
    return Word((option, Part("choice" if choices else "unknown", "", span, quoted=True, alternatives=choices)), span)


def _state(out: Collector, words: list[Word], places: list[Scalar], around: Around) -> None:
    whole = out.lines.span(places[0].start, max(place.end for place in places))
    environment = (*around.environment, *_passed(words))
    out.command(Command(tuple(words), whole, environment, around.conditions, around.directory))


def _passed(words: list[Word]) -> Iterator[tuple[str, Word]]:
    """The variables that the words set themselves: `mpirun -x NAME=value`, `env NAME=value`."""
    for one in passed([Beginning(word.literal or "", whole=word.literal is not None) for word in words]):
        value = words[one.word].literal
        if value is not None and one.start is not None:
            span = words[one.word].span
            yield one.name, Word((Part("text", value[one.start : one.end], span, quoted=True),), span)


def shell(out: Collector, script: Script, around: Around) -> None:
    """Record a script."""
    out.shell(script.text, script.line, *around, offsets=script.offsets)


def _starts(text: str) -> bool:
    """Whether a word is a program that starts others, or a script."""
    table, base = launchers(), basename(text)
    return base in table.starting or base in table.wrappers or base.startswith("python") or base.endswith(FILES)


def word(out: Collector, scalar: Scalar) -> Word:
    """A scalar as a word of a command line; an interpolated one is unknown."""
    span = out.lines.span(scalar.start, scalar.end)
    kind: Literal["unknown", "text"] = "unknown" if scalar.known is None else "text"
    return Word((Part(kind, scalar.text or "", span, quoted=True),), span)


def _folder(out: Collector, node: Mapping) -> Word | None:
    """Where the command runs, when a key says so."""
    value = node.get(*FOLDERS)
    return word(out, value) if isinstance(value, Scalar) and value.known else None


def _environment(out: Collector, node: Mapping) -> tuple[tuple[str, Word], ...]:
    return tuple((name, word(out, value)) for name, value in _variables(node.get(*ENVIRONMENTS)))


def _variables(node: Node | None) -> Iterator[tuple[str, Scalar]]:
    """The variables of an environment: a mapping, a list of `name` and `value`, or of `NAME=value`."""
    if isinstance(node, Mapping):
        yield from ((key.text or "", value) for key, value in node.entries if isinstance(value, Scalar))
    for item in node.items if isinstance(node, SequenceNode) else []:
        if isinstance(item, Mapping):
            name, value = item.get("name", "Name"), item.get("value", "Value")
            if isinstance(name, Scalar) and isinstance(value, Scalar):
                yield name.text or "", value
        elif isinstance(item, Scalar) and "=" in (item.text or ""):
            name_text, _, value_text = (item.text or "").partition("=")
            yield name_text, Scalar(value_text, item.start, item.end)
