"""Is an archive read as the folder that it was made of, and does a hostile one do no harm?"""

from __future__ import annotations

import gzip
import io
import os
import pickle
import random
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chipsieve.api import scan
from chipsieve.cli import main
from chipsieve.report import render
from chipsieve.sources import archive, members
from chipsieve.sources.archive import open_archive
from chipsieve.sources.archive_names import TARS, ending_of
from chipsieve.sources.contents import TOO_LARGE
from chipsieve.sources.discovery import open_tree
from chipsieve.sources.in_memory import InMemory
from chipsieve.sources.members import ArchiveError

REPO = Path(__file__).parent.parent / "fixtures" / "repos" / "hunyuan-large-2024-11-05"
TAR_MODES = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz", ".tar.xz": "w:xz", ".tar.bz2": "w:bz2"}
RUN = b"#!/bin/bash\ntorchrun train.py --bf16\n"


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    """A zip archive with such members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def tarred(path: Path, files: Mapping[str, bytes], *others: tarfile.TarInfo) -> Path:
    """A tar archive with such members."""
    ending = ending_of(path.name)
    with tarfile.open(path, TAR_MODES[ending]) as made:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
        for info in others:
            made.addfile(info)
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A tar member that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def reasons(tree: InMemory) -> dict[str, str]:
    """Why what is not read is not, by path."""
    return {gap.path: gap.reason for gap in tree.listing().gaps}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["scan", "--no-cache", "--workers", "1", *arguments])


def of_repository() -> dict[str, bytes]:
    """The example's files below one folder, as GitHub packs them."""
    return {
        f"example-main/{path.relative_to(REPO).as_posix()}": path.read_bytes()
        for path in sorted(REPO.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("ending", [".zip", *TAR_MODES])
def test_an_archive_says_what_its_folder_says(ending: str, tmp_path: Path) -> None:
    made = (zipped if ending == ".zip" else tarred)(tmp_path / f"example{ending}", of_repository())
    packed, folder = scan(made), scan(REPO)
    assert packed.root == made.name
    assert packed.launches == folder.launches
    assert packed.findings == folder.findings
    assert packed.coverage == folder.coverage
    assert packed.commit is None
    assert list(tmp_path.iterdir()) == [made]


def test_workers_read_an_archive_too(tmp_path: Path) -> None:
    made = zipped(tmp_path / "example.ZIP", of_repository())
    assert render(scan(made, workers=2), "json") == render(scan(made, workers=1), "json")
    with open_tree(made) as tree:
        again = pickle.loads(pickle.dumps(tree.reopened()))  # noqa: S301 - as workers get it
        assert again.listing() == tree.listing()


def test_the_tree_in_an_archive(tmp_path: Path) -> None:
    files = {"x/run.sh": RUN, "x/big.py": b"#" * 4_000_001, "x/data.bin": b"a\0" * 400, "x/node_modules/a.js": b"1"}
    tree = open_archive(tarred(tmp_path / "x.tar.gz", {f"./{name}": data for name, data in files.items()}))
    assert tree.listing().paths == ("big.py", "data.bin", "run.sh")
    assert tree.text("run.sh") == RUN.decode()
    assert tree.beginning("run.sh") == RUN
    assert tree.head("run.sh", 2) == b"#!"
    assert getattr(tree.text("big.py"), "reason", "") == TOO_LARGE
    assert getattr(tree.text("data.bin"), "reason", "").startswith("binary")
    assert getattr(tree.text("nowhere"), "reason", "").startswith("not readable")
    assert getattr(tree.head("nowhere", 1), "reason", "").startswith("not readable")
    assert (tree.size("big.py"), tree.size("nowhere")) == (4_000_001, 0)
    assert tree.holds("run.sh")
    assert not tree.holds("../run.sh")
    assert tree.last_changed("run.sh") is None


def test_a_member_without_a_name(tmp_path: Path) -> None:
    made = zipped(tmp_path / "x.zip", {"a.sh": RUN, "b.sh": RUN})
    made.write_bytes(made.read_bytes().replace(b"b.sh", b"\0.sh"))
    assert open_archive(made).listing().paths == ("a.sh",)


def test_several_folders_are_no_root(tmp_path: Path) -> None:
    tree = open_archive(zipped(tmp_path / "x.zip", {"a/run.sh": RUN, "b/run.sh": RUN}))
    assert tree.listing().paths == ("a/run.sh", "b/run.sh")


@pytest.mark.parametrize("make", [zipped, tarred])
def test_names_that_leave_the_archive_are_not_read(make: Callable[..., Path], tmp_path: Path) -> None:
    hostile = {"../x.sh": RUN, "/etc/x.sh": RUN, "a/../../x.sh": RUN, "n" * 5000: RUN, "a/run.sh": RUN}
    tree = open_archive(make(tmp_path / f"x{'.zip' if make is zipped else '.tar'}", hostile))
    assert tree.listing().paths == ("run.sh",)
    assert set(reasons(tree).values()) == {archive.OUTSIDE}
    assert len(reasons(tree)) == 4


def test_links_and_devices_in_a_tar_archive(tmp_path: Path) -> None:
    made = tarred(
        tmp_path / "x.tar", {"a/run.sh": RUN},
        special("b.sh", tarfile.SYMTYPE, "a/run.sh"), special("c.sh", tarfile.SYMTYPE, "/etc/passwd"),
        special("d.sh", tarfile.SYMTYPE, "../../x"), special("e", tarfile.SYMTYPE, "a"),
        special("f.sh", tarfile.LNKTYPE, "a/run.sh"), special("g.sh", tarfile.LNKTYPE, "/etc/passwd"),
        special("h.sh", tarfile.FIFOTYPE), special("i.sh", tarfile.CHRTYPE), special("j.sh", tarfile.SYMTYPE, "j.sh"),
    )  # fmt: skip
    tree = open_archive(made)
    assert tree.listing().paths == ("a/run.sh", "f.sh")
    assert tree.text("f.sh") == RUN.decode()
    assert sorted(reasons(tree)) == ["c.sh", "d.sh", "e", "g.sh", "h.sh", "i.sh"]
    assert "followed" in reasons(tree)["e"]


def test_links_in_a_zip_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("run.sh", RUN)
        for name, target in (("in.sh", "run.sh"), ("out.sh", "/etc/passwd")):
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            made.writestr(info, target)
    tree = open_archive(tmp_path / "x.zip")
    assert tree.listing().paths == ("run.sh",)
    assert list(reasons(tree)) == ["out.sh"]


def test_encrypted_and_damaged_members_are_gaps(tmp_path: Path) -> None:
    made = zipped(tmp_path / "x.zip", {"locked.sh": RUN, "run.sh": RUN, "torn.sh": RUN * 9})
    data = bytearray(made.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= members.ENCRYPTED
    data[data.index(b"torn.sh") + 9] ^= 0xFF
    made.write_bytes(data)
    tree = open_archive(made)
    assert tree.listing().paths == ("run.sh",)
    assert reasons(tree)["locked.sh"].startswith("encrypted")
    assert reasons(tree)["torn.sh"].startswith("damaged")


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.tar.xz", "x.tar.bz2"])
@pytest.mark.parametrize("data", [b"", b"<html>not found</html>" * 99, b"PK\5\6" + b"\xff" * 18, b"\x1f\x8b\x08"])
def test_what_is_no_archive_exits_three(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    result = run(str(tmp_path / name))
    assert (result.exit_code, result.stdout) == (3, ""), result.output
    assert name in result.stderr


@pytest.mark.parametrize("ending", [".zip", *TAR_MODES])
def test_an_archive_cut_short_exits_three(ending: str, tmp_path: Path) -> None:
    files = {f"{number}.py": os.urandom(4000) for number in range(9)}
    made = (zipped if ending == ".zip" else tarred)(tmp_path / f"x{ending}", files)
    made.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    result = run(str(made))
    assert result.exit_code == 3, result.output
    assert "damaged" in result.stderr


def test_a_bomb_ends_early(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "x.tar.gz", "wb", compresslevel=9) as stream:
        info = tarfile.TarInfo("zeros.py")
        info.size = 10**12
        stream.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(120):
            stream.write(bytes(1_000_000))
    tree = open_archive(tmp_path / "x.tar.gz")
    assert "unpacks to more than 50 MB" in reasons(tree)["x.tar.gz"]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_without_end_is_refused(kind: bytes, tmp_path: Path) -> None:
    header = special("header", kind)
    header.size = 10**9
    (tmp_path / "x.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(10_000))
    with pytest.raises(ArchiveError, match="too long"):
        open_archive(tmp_path / "x.tar")


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_headers_on_headers_are_refused(kind: bytes, tmp_path: Path) -> None:
    header = special("header", kind)
    header.size = 4
    (tmp_path / "x.tar").write_bytes((header.tobuf(tarfile.GNU_FORMAT) + b"4 =\n".ljust(512, b"\0")) * 5000)
    with pytest.raises(ArchiveError):
        open_archive(tmp_path / "x.tar")


def test_a_damaged_header_is_no_end(tmp_path: Path) -> None:
    made = tarred(tmp_path / "x.tar", {"a.py": b"x", "b.py": b"x"})
    data = bytearray(made.read_bytes())
    data[data.index(b"b.py") + 1] ^= 0xFF
    made.write_bytes(data)
    with pytest.raises(ArchiveError, match="damaged"):
        open_archive(made)


@pytest.mark.parametrize("ending", [".zip", *TAR_MODES])
def test_damage_anywhere_is_an_error_or_a_gap(ending: str, tmp_path: Path) -> None:
    files = {"a/run.sh": RUN, "b": RUN, "a/train.py": b"import torch\n" * 9}
    made = (zipped if ending == ".zip" else tarred)(tmp_path / f"x{ending}", files)
    good, dice = made.read_bytes(), random.Random(ending)  # noqa: S311 - no secret
    for _ in range(300):
        data = bytearray(good)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.choice((0, 255, dice.randrange(256)))
        made.write_bytes(data)
        with suppress(ArchiveError):
            open_archive(made)


def test_a_zip_bomb_ends_early(tmp_path: Path) -> None:
    made = zipped(tmp_path / "x.zip", {f"{number}.py": bytes(3_999_999) for number in range(20)})
    assert made.stat().st_size < 100_000
    tree = open_archive(made)
    assert "unpacks to more than 50 MB" in reasons(tree)["x.zip"]
    assert len(tree.listing().paths) < 20


def test_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    made = zipped(tmp_path / "x.zip", {"run.sh": RUN * 1000})
    data = bytearray(made.read_bytes())
    at = data.index(b"PK\1\2") + 24
    for size in (10, 2**31):
        data[at : at + 4] = struct.pack("<I", size)
        made.write_bytes(data)
        tree = open_archive(made)
        text = tree.text("run.sh")
        assert not isinstance(text, str) or len(text) <= len(RUN) * 1000


@pytest.mark.parametrize("make", [zipped, tarred])
def test_members_are_counted(make: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MEMBERS", 10)
    made = make(tmp_path / f"x{'.zip' if make is zipped else '.tar'}", {f"{number}.py": b"" for number in range(11)})
    tree = open_archive(made)
    assert len(tree.listing().paths) == 10
    assert "more than 10 members" in reasons(tree)[made.name]


def test_a_hundred_thousand_links_to_each_other_lead_nowhere(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz", compresslevel=1) as made:
        for number in range(100_000):
            made.addfile(special(f"{number}.py", tarfile.SYMTYPE, f"{number + 1}.py"))
    assert open_archive(tmp_path / "x.tar.gz").listing().paths == ()


def test_a_list_of_members_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "DIRECTORY", 100)
    made = zipped(tmp_path / "x.zip", {f"{number}.py": b"" for number in range(11)})
    assert "list of members" in reasons(open_archive(made))[made.name]


def test_all_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "KEPT", 100)
    made = zipped(tmp_path / "x.zip", {f"{number}.sh": RUN for number in range(9)})
    assert "of text" in reasons(open_archive(made))[made.name]


def test_semgrep_reads_no_archive(tmp_path: Path) -> None:
    result = run(str(zipped(tmp_path / "x.zip", {"run.sh": RUN})), "--engine", "semgrep")
    assert result.exit_code == 2
    assert "unpack" in result.stderr


def test_an_archive_of_pictures_has_nothing_to_scan(tmp_path: Path) -> None:
    assert run(str(zipped(tmp_path / "x.zip", {"a.png": b"\x89PNG"}))).exit_code == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
@pytest.mark.parametrize("name", ["pipe", "pipe.zip", "pipe.py"])
def test_a_pipe_is_no_file(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    result = run(str(tmp_path / name))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "neither a folder nor a file" in result.stderr


def test_every_archive_by_its_name_can_be_unpacked() -> None:
    assert {*TARS} == {*members.UNPACKERS}
