"""Which names mean the same in every code base? Tables that the readers and the rules for other linters share."""

from __future__ import annotations

SILENT_CALLS = (
    "print", "isinstance", "issubclass", "warn", "warning", "info", "debug", "error", "log", "exception", "critical",
    "hasattr", "assertEqual", "assert_close",
)  # fmt: skip
"""Python calls that only show or check their arguments."""
CONFIG_OBJECTS = r"(?:flags|\w*(?:args|arguments|opts?|options|conf|config|cfg|hparams|params|settings))"
"""A regular expression for the name of a Python object that holds options, such as `model_args`."""

IMAGE_KEYS = ("image", "container", "container_image", "docker_image", "base_image")
"""Keys of a configuration whose value is a container's image."""
ARGUMENT_KEYS = "args?|arguments|flags|opts|options|params|command|cmd|entrypoint"
"""A regular expression for the last word of a key whose value holds a command's arguments."""
SCHEDULERS = ("slurm", "sbatch", "srun", "submitit", "salloc", "launcher", "executor", "scheduler")
"""Words in a key or a file's name that make the keys below it a scheduler's options."""
SCHEDULER_PREFIXES = ("slurm", "sbatch", "srun")
"""First words of keys such as `slurm_partition`, each a scheduler's option."""
