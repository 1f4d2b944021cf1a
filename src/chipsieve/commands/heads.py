"""Which commands tell nothing about a run? Tables of command names."""

from __future__ import annotations

# Not worth keeping as a command of a launch.
TRIVIAL = frozenset({
    "echo", "printf", "mkdir", "ls", "cat", "rm", "cp", "mv", "touch", "chmod", "chown", "ln", "sleep", "date",
    "wait", "true", "false", ":", "pwd", "hostname", "whoami", "clear", "tput", "tee", "head", "tail", "wc", "sort",
    "uniq", "cut", "tr", "grep", "egrep", "fgrep", "sed", "awk", "gawk", "find", "dirname", "basename", "realpath",
    "readlink", "which", "type", "command", "hash", "test", "[", "id", "groups", "ulimit", "umask", "trap", "kill",
    "pkill", "killall", "ps", "free", "df", "du", "stat", "file", "diff", "cmp", "seq", "expr", "bc", "read",
    "mapfile", "readarray", "let", "set", "shopt", "alias", "unalias", "bind", "history", "jobs", "fg", "bg",
    "disown", "exit", "return", "break", "continue", "shift", "getopts", "local", "declare", "typeset", "readonly",
    "export", "unset", "cd", "pushd", "popd", "dirs", "nvidia-smi", "rocm-smi", "npu-smi", "uname", "lscpu", "curl",
    "wget", "tar", "unzip", "zip", "gzip", "gunzip", "rsync", "scp", "git", "md5sum", "sha256sum", "mktemp", "tree",
    "less", "more", "vim", "nano", "ping", "ifconfig", "ip", "ss", "netstat", "lsof", "nproc", "numfmt", "column",
    "paste", "join", "yes", "logger", "fuser", "lspci", "lsblk", "mount", "umount", "apt", "apt-get", "yum", "dnf",
    "brew",
})  # fmt: skip

# Whose success is a question, not to be taken for granted in front of `&&`.
PROBES = frozenset({
    "grep", "egrep", "fgrep", "which", "type", "command", "hash", "nvidia-smi", "rocm-smi", "npu-smi", "diff",
    "cmp", "kill", "pgrep", "id", "ping", "getopts", "read", "timeout", "curl", "stat",
})  # fmt: skip

# Whose options are their own affair.
LOCAL = frozenset({
    "echo", "printf", "mkdir", "ls", "cat", "rm", "cp", "mv", "touch", "chmod", "chown", "ln", "sleep", "date",
    "wait", "tee", "head", "tail", "wc", "sort", "uniq", "cut", "tr", "grep", "egrep", "fgrep", "sed", "awk",
    "gawk", "find", "pip", "pip3", "conda", "mamba", "micromamba", "uv", "poetry", "git", "curl", "wget", "tar",
    "unzip", "rsync", "scp", "apt", "apt-get", "yum", "dnf", "ps", "kill", "pkill", "killall", "which", "type",
    "command", "hash", "test", "[", "diff", "seq", "expr", "bc", "jq", "make", "cmake", "ninja", "gcc", "g++",
    "nvidia-smi", "rocm-smi", "npu-smi", "lspci", "numfmt", "vim", "less", "more", "ping", "df", "du", "free",
    "stat", "file", "tree",
})  # fmt: skip

# Whose words are only shown or looked for, so that a literal among them is no use of it.
SAYING = frozenset({"echo", "printf", "cat", "grep", "egrep", "fgrep", "sed", "awk", "gawk", "logger"})
