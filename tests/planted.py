"""What would a stranger plant where a tree or a report is shown? Names that act, everywhere where a name may stand."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

from small_repositories import git

ADDRESS = "[planted](https://evil.example/x)"
VALUE = (
    "::error::planted\n::error file=x::planted\r##[error]planted \ufe0f::warning::y ##vso[task.setvariable]z"
    f"\x1b[31mred\x1b]0;title\x07\x9b1m\u202etsil\u2066\u200b\udce9 {ADDRESS} www.evil.example @everyone o/r#1"
    "<img src=x onerror=alert(1)><script>alert(1)</script> |cell| `code` ***bold***"
)
"""A text of the kinds that act on a terminal, a build's log, a browser, or a page of Markdown."""
FORMULA = '=HYPERLINK("https://evil.example")'
WITHOUT_LINES = VALUE.replace("\n", " ").replace("\r", " ")
ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ANYWHERE = re.compile(r"##\w*\[")
NAMES = (
    "\n::error::in a name", "##[error]in a name", "::warning::in a name", "\x1b[31m\u202e\u200bname",
    "[a](www.evil.example)@everyone", "<img src=x onerror=alert(1)>", "=1+1|`x`", "caf\udce9",
)  # fmt: skip
"""Names of files: without a slash, and not too long."""
FORGED_COMMIT = "0123456789abcdef0123456789abcdef01234567"


def tree(root: Path) -> Path:
    """A tree in which every name and every value acts, with a launch that starts what is called so."""
    root.mkdir(parents=True)
    quoted = WITHOUT_LINES.replace("'", "").encode("utf-8", "surrogateescape")
    for name in NAMES:
        folder = root / name
        folder.mkdir()
        program = f"{name}.py"
        (folder / program).write_bytes(
            b"import torch\nimport flash_attn\nfrom transformer_engine import pytorch\n"
            b"torch.backends.cuda.matmul.allow_tf32 = True\n# Trained on 64 H800 GPUs " + quoted
        )
        (folder / f"{name}.sh").write_bytes(
            b"#SBATCH --partition='" + quoted + b"'\n#SBATCH --gres=gpu:'" + quoted + b"':8\n"
            b"export NCCL_IB_HCA='" + quoted + b"'\nexport CUDA_VISIBLE_DEVICES=0 # chipsieve: ignore\n"
            b"# chipsieve: ignore[" + quoted + b"] \ntorchrun --nproc_per_node 8 $'"
            + program.encode("utf-8", "surrogateescape").replace(b"\n", b"\\n") + b"' --bf16 --attn='" + quoted
            + b"' # chipsieve: ignore[bf16-training] because " + quoted + b"\n"
        )  # fmt: skip
        (folder / "README.md").write_bytes(b"# " + quoted + b"\n\nTrained on 64 H800 GPUs, " + quoted + b", 80GB.\n")
        (folder / "broken.json").write_bytes(b'{"' + quoted + b'": ')
        (folder / "broken.toml").write_bytes(quoted)
        (folder / "ds.json").write_text(json.dumps({"bf16": {"enabled": True}, VALUE: VALUE}), encoding="utf-8")
        (folder / "link.py").symlink_to(f"/{name}")
        (folder / "broken.py").write_bytes(b"def (" + quoted + b"'''")
        (folder / "broken.sh").write_bytes(b"if ((" + quoted + b"\nsource '/" + quoted + b"'\n")
    (root / "escapes.py").write_bytes(b'x = "\\\x1b[31m"\ny = 1 is "::error::"\n')  # Python warns of both
    return root


def repository(root: Path) -> Path:
    """That tree as a repository, by an author and on a branch that act, with a commit that takes it back."""
    tree(root)
    (root / "escapes.sh").write_text("export NCCL_IB_HCA=mlx5\ntorchrun escapes.py --bf16\n", encoding="utf-8")
    author = ("-c", f"user.name={WITHOUT_LINES.replace('<', '(').replace('>', ')')}", "-c", "user.email=x@y")
    git(root, "init", "-q", "-b", "::error::\u202e<b>@x".replace("::", "##"))
    git(root, "remote", "add", "origin", f"https://github.com/o/r{WITHOUT_LINES}")
    git(root, *author, "add", "--all", ".")
    git(root, *author, "commit", "-qm", VALUE)
    git(root, *author, "tag", "##<b>")
    git(root, "rm", "-q", "--", f"{NAMES[0]}/{NAMES[0]}.sh", f"{NAMES[1]}/README.md")
    git(root, *author, "commit", "-qm", f"::error::{VALUE}")
    return root


def sarif(place: str = "run.sh", line: int = 1) -> str:
    """A SARIF log of another tool in which every text acts."""
    where = {"physicalLocation": {"artifactLocation": {"uri": place}, "region": {"startLine": line, "startColumn": 1}}}
    result = {"message": {"text": f"[chipsieve bf16-training flag {WITHOUT_LINES.split()[0]}: {VALUE}]"}}
    other = {"uri": VALUE, "uriBaseId": VALUE}
    lost = {"physicalLocation": {"artifactLocation": other, "region": {"startLine": 7}}}
    results = [
        {**result, "ruleId": VALUE, "locations": [where]},
        {"message": {"text": VALUE}, "ruleId": VALUE, "locations": [where]},
        {**result, "ruleId": "bf16-training", "locations": [lost]},
    ]
    note = {"message": {"text": VALUE}, "locations": [lost]}
    run = {
        "tool": {"driver": {"name": VALUE, "rules": [{"id": VALUE}]}},
        "originalUriBaseIds": {VALUE: {"uri": VALUE}},
        "results": results,
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [note]}],
    }
    return json.dumps({"version": "2.1.0", "runs": [run]})


def semgrep(place: str = "run.sh") -> str:
    """A report of Semgrep in which every text acts."""
    at = {"path": place, "start": {"line": 1, "col": 1}, "end": {"line": 1, "col": 9}}
    message = f"[chipsieve bf16-training flag: {VALUE}]"
    return json.dumps({
        "results": [{**at, "check_id": VALUE, "extra": {"message": message, "lines": VALUE}}],
        "errors": [{"type": VALUE, "message": VALUE, "path": VALUE, "rule_id": VALUE}],
    })  # fmt: skip


def planted(saved: object) -> object:
    """A report's JSON in which every text that need not be what it is acts."""
    if isinstance(saved, dict):
        kept = {"schema", "policy", "scope", "role", "at", "standing", "date", "evidence"}
        return {key: value if key in kept else planted(value) for key, value in saved.items()}
    if isinstance(saved, list):
        return [planted(value) for value in saved]
    return VALUE if isinstance(saved, str) and len(saved) > 6 else saved


def faults(text: str, *, commands: bool = False, tabs: bool = False) -> list[str]:
    """What in a text acts on a terminal or on a runner that reads it as a log."""
    acting = {char for char in text if unicodedata.category(char) in ACTING} - {"\n"} - ({"\t"} if tabs else set())
    found = [f"character {char!r}" for char in sorted(acting)]
    found += [f"command {hit[0]!r}" for hit in ANYWHERE.finditer(text)]
    for line in text.split("\n"):
        begun = line.strip().lstrip("\ufe0f")
        if begun.startswith("::") and not (commands and begun.startswith("::notice ")):
            found.append(f"command {line[:60]!r}")
    return found
