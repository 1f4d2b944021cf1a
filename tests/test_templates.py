"""Is a template read as what it writes, with its insertions unknown and its branches conditional?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipsieve.facts.conditions import Not
from chipsieve.facts.reading import Source
from chipsieve.sources.languages import language_of
from chipsieve.sources.templates import opened
from config_readers import command_line, read_whole, rows

JOB = """#SBATCH --gres=gpu:a100:8
{% if fp %}
export NCCL_DEBUG=INFO
{% else %}
export NCCL_DEBUG=WARN
{% endif %}
torchrun {{ entry }} --lr {{ lr }} \\
  {% if bf16 %}
  --bf16 \\
  {% endif %}
  --x{% if y %} --y{% endif %}
"""


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("job.sh.j2", "shell"),
        ("a/train.yaml.tmpl", "yaml"),
        ("ds.json.template", "json"),
        ("Dockerfile.jinja2", "dockerfile"),
        ("run.slurm.jinja", "shell"),
        ("model.py.j2", ""),
        ("README.md.tmpl", ""),
        ("page.html.j2", ""),
        ("job.j2", ""),
    ],
)
def test_the_language_below_a_templates_ending(name: str, language: str) -> None:
    assert language_of(name) == language


def test_a_job_template() -> None:
    reading = read_whole("job.sh.j2", JOB)
    (command,) = reading.commands
    assert command_line(command).startswith("torchrun <")
    assert command_line(command).endswith(" --x<______________________>")
    assert not command.conditions
    assert not reading.gaps
    assert [(found.row, found.value, len(found.conditions)) for found in reading.findings] == [
        ("directive", "gpu:a100:8", 0),
        ("env", "INFO", 1),
        ("env", "WARN", 1),
    ]
    one, other = (found.conditions[0] for found in reading.findings[1:])
    assert other == Not(one)


def test_a_chart_is_yaml_below_its_branches() -> None:
    text = (
        "spec:\n  {{- if .Values.gke }}\n  nodeSelector:\n    cloud.google.com/gke-accelerator: {{ .Values.gpu }}\n"
        '  {{- end }}\n  bf16: true\n  {{- include "x" . | nindent 2 }}\n  command: [bash, -c]\n  args:\n  - |\n'
        "    {{- range .Values.env }}\n    export NCCL_DEBUG=INFO\n    {{- end }}\n    torchrun {{ .Values.entry }}\n"
    )
    reading = read_whole("chart/templates/job.yaml", text)
    assert not reading.gaps
    assert rows(reading) == [("env", "INFO"), ("key", "true")]
    assert [bool(found.conditions) for found in reading.findings] == [False, True]
    assert [command_line(command).split()[0] for command in reading.commands] == ["torchrun"]


@pytest.mark.parametrize(
    ("path", "text"), [("job.sh", JOB), ("a.yaml.j2", "bf16: true\n"), ("templates/a.yaml", "a: 1\n")]
)
def test_what_is_no_template(path: str, text: str) -> None:
    assert opened(Source(path, language_of(path), text)) is None


@given(
    st.lists(
        st.sampled_from(
            ["{%", "%}", "{{", "}}", " if ", "end", "endif", " else ", "for ", "\n", "\r\n", "x \\\n", "{#", "#}", "é"]
        )
    )
)
def test_a_template_keeps_every_place(pieces: list[str]) -> None:
    text = "".join(pieces)
    template = opened(Source("a.sh.j2", "shell", text))
    if template:
        assert len(template.text) == len(text)
        assert [at for at, sign in enumerate(template.text) if sign in "\r\n"] == [
            at for at, sign in enumerate(text) if sign in "\r\n"
        ]
