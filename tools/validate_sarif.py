"""Would GitHub take our SARIF? The SARIF multitool judges what `chipsieve scan` writes of every tree in fixtures/.

`python tools/validate_sarif.py` needs npm, for the tool's first run alone: it is kept in .venv. Without it the check
is left out, unless `--required` is given or CI is set. The multitool exits with 0 whatever it finds, so what it writes
is read, and a broken file goes with the others to show that it finds something.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import npm_packages
from npm_packages import Unavailable

ROOT = Path(__file__).resolve().parents[1]
TREES = (*sorted(path for path in (ROOT / "fixtures/repos").iterdir() if path.is_dir()), ROOT / "fixtures/hostile")
VERSION = "5.7.0"
PACKAGE = f"@microsoft/sarif-multitool-{sys.platform}"
HOME = ROOT / ".venv" / f"sarif-multitool-{VERSION}"
TOOL = HOME / "node_modules" / PACKAGE / "Sarif.Multitool"
SECONDS = 300
EXPECTED = {
    "SARIF2002": "message ids without text: GitHub shows no message that is not written out (GH1007)",
    "SARIF2003": "the commit scanned: it is there where the repository has a public address, which SARIF asks for",
    "SARIF2009": "rule ids such as CS2001: a signal's name is its id everywhere",
    "SARIF2010": "a snippet in the region: the line is in the context region, GitHub has the file",
    "SARIF2011": "a context region: the verdict speaks of the whole tree, not of the line that it hangs on",
}
"""Notes that we get on purpose, with what they ask for and why we do not follow."""
SILENT = """\
<?xml version="1.0" encoding="utf-8"?>
<Properties>
  <Properties Key="SARIF2006.UrisShouldBeReachable.Options">
    <Property Key="RuleEnabled" Value="Disabled" Type="Microsoft.CodeAnalysis.Sarif.Driver.RuleEnabledState" />
  </Properties>
</Properties>
"""
"""The multitool's settings: SARIF2006 asks the network for every address."""
CANARY = "broken.sarif"
BROKEN = {
    "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    "version": "2.1.0",
    "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "Nowhere."}}]}],
}


class Complaint(NamedTuple):
    """One result of the multitool."""

    name: str
    rule: str
    level: str
    text: str

    def __str__(self) -> str:
        """One line for the terminal."""
        return f"{self.name}: {self.level} {self.rule}: {self.text}"

    @property
    def expected(self) -> bool:
        """Whether it is a note that we get on purpose."""
        return self.level == "note" and self.rule in EXPECTED


def install() -> None:
    """Fetch the multitool, unless it is there: its package for this platform alone, for that one holds the program.

    Raises:
        Unavailable: it cannot be had here.
    """
    npm_packages.install(PACKAGE, VERSION, HOME, TOOL)
    TOOL.chmod(0o755)  # its install script would; scripts of packages are not run


def validate(folder: Path) -> Mapping[str, Any]:
    """The multitool's verdict, itself SARIF, on every SARIF file in a folder."""
    (folder / "settings.xml").write_text(SILENT, encoding="utf-8")
    files = sorted(str(path) for path in folder.glob("*.sarif"))
    options = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "--config", str(folder / "settings.xml")]
    command = [str(TOOL), "validate", *files, *options, "--output", str(folder / "judged.json")]
    subprocess.run(command, capture_output=True, check=True, timeout=SECONDS)
    judged: Mapping[str, Any] = json.loads((folder / "judged.json").read_text(encoding="utf-8-sig"))
    return judged


def complaints(judged: Mapping[str, Any]) -> Iterator[Complaint]:
    """Every result of the multitool; one without a level is a warning (SARIF 2.1.0, 3.27.10)."""
    for run in judged["runs"]:
        rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules", [])}
        for result in run.get("results", []):
            physical, rule = result["locations"][0]["physicalLocation"], result["ruleId"].partition("/")[0]
            name = Path(unquote(physical["artifactLocation"]["uri"])).name
            text = _text(result["message"], rules.get(rule, {}))
            yield Complaint(name, rule, result.get("level", "warning"), text)


def _text(message: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    text: str = message.get("text") or rule.get("messageStrings", {}).get(message.get("id"), {}).get("text", "")
    for number, argument in enumerate(message.get("arguments", [])):
        text = text.replace(f"{{{number}}}", argument)
    return text


def faults(judged: Mapping[str, Any]) -> list[str]:
    """What is wrong: complaints that are not expected, a tool that did not finish or that finds nothing."""
    results = list(complaints(judged))
    found = sorted({str(one) for one in results if one.name != CANARY and not one.expected})
    if not all(one["executionSuccessful"] for run in judged["runs"] for one in run["invocations"]):
        found.append("the multitool did not finish")
    if not any(one.name == CANARY and one.level == "error" for one in results):
        found.append("the multitool finds no error in a file that has one")
    return found


def write_reports(folder: Path) -> None:
    """Scan every tree as a user would, one also as a clone with a public remote, and add the broken file."""
    from chipsieve.cli import main as command

    for tree in (*TREES, _clone(TREES[0], folder / "clone")):
        options = ["--no-progress", "--workers", "1", "--format", "sarif"]
        output = ["--output", str(folder / f"{tree.name}.sarif")]
        try:
            command(["scan", *options, *output, str(tree)])
        except SystemExit as ended:  # a command ends with its exit code
            if ended.code:
                raise
    (folder / CANARY).write_text(json.dumps(BROKEN), encoding="utf-8")


def _clone(tree: Path, folder: Path) -> Path:
    """A copy of a tree that is a commit of a repository which others can find."""
    shutil.copytree(tree, folder)
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    remote = ("remote", "add", "origin", "https://github.com/chipsieve/chipsieve.git")
    for arguments in (("init", "-q"), remote, ("add", "--all"), (*who, "commit", "-qm", "one")):
        subprocess.run([shutil.which("git") or "git", *arguments], cwd=folder, check=True)
    return folder


def main(arguments: list[str]) -> int:
    """Check every tree; 1 when something is wrong, or when a required check cannot be made."""
    try:
        install()
    except Unavailable as reason:
        required = "--required" in arguments or bool(os.environ.get("CI"))
        print(f"SARIF not checked with the multitool: {reason}", file=sys.stderr)
        return 1 if required else 0
    with tempfile.TemporaryDirectory() as folder:
        write_reports(Path(folder))
        judged = validate(Path(folder))
    found = faults(judged)
    for one in found:
        print(one, file=sys.stderr)
    notes = Counter(one.rule for one in complaints(judged) if one.name != CANARY and one.expected)
    print(f"SARIF of {len(TREES)} trees: {len(found)} faults; expected notes:")
    for rule, count in sorted(notes.items()):
        print(f"  {rule} x {count}: {EXPECTED[rule]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
