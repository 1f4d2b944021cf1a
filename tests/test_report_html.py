"""Does the page show everything that the verdict holds, cut short nowhere?"""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

import verdicts
from chipsieve import scan
from chipsieve.facts.reading import Gap
from chipsieve.report import render
from chipsieve.report.groups import Group
from chipsieve.report.page_launches import groups
from chipsieve.sieve.outcome import Naming, Verdict
from chipsieve.sieve.proof import StepResult
from chipsieve.sources.contents import Commit, Origin
from small_trees import RUN, TRAIN, write


def shown(text: str) -> str:
    """The page's words without its markup."""
    body = text.partition("<body>")[2]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def test_the_page_says_what_the_verdict_says() -> None:
    words = shown(render(verdicts.verdict(), "html"))
    for said in (
        "It was very likely trained on H20 (82%), a data-centre part", "H20 82%, very likely",
        "for README.md:12 : says that it was trained on H20",
        "against README.md:20 : says that it was tested on V100", "for nothing in the tree speaks of the vendor AMD",
        "Main launch run.sh:30",
        "torchrun --nproc-per-node 8 train.py --bf16 --data ${DATA}",
        "6 → 4", "4 → 3", "Training in bfloat16 (definitive): run.sh:30 , conf/ds.json:4", "excludes V100",
        "NVIDIA Hopper 1 H20", "excluded by Training in bfloat16 at run.sh:30", "ZeRO stage 3",
        "on premises: HPE Slingshot",
        "weak: The variable is ignored by current versions.",
        "not known to take effect: only with option use_flash_attn",
        "too large to read (50 MB)", "old.sh:3", "9 files found: 8 read",
    ):  # fmt: skip
        assert said in words


def test_the_main_launch_comes_first_and_the_others_fold_away_whole() -> None:
    text = render(verdicts.two_launches(), "html")
    headings = ["Main launch <code>run.sh:30", ">Possible: 6 of 6<", "<summary><code>sft.sh:4</code> 6\xa0→\xa06"]
    assert sorted(headings, key=text.index) == headings
    assert text.count("The sieve, step by step") == 1
    assert "<details open" not in text


def test_the_contents_link_to_the_sections() -> None:
    text = render(verdicts.two_launches(), "html")
    links = re.findall(r'<a href="#([a-z-]+)">', text)
    assert links == re.findall(r'<h2 id="([a-z-]+)">', text)
    assert {"trained-on", "main-launch", "possible", "other-launches", "not-read"} <= set(links)


def test_the_estimate_and_the_narrowing_are_drawn_and_said_to_those_who_do_not_see_them() -> None:
    text = render(verdicts.verdict(), "html")
    said = re.findall(r'<svg class="bars" viewBox="[0-9 ]+" role="img" aria-label="([^"]*)"', text)
    assert said == [
        "How likely: H20 82%, A100 12%, others, or none 6%",
        "What is left: catalogue 6, software stack 4, number format 3",
    ]
    assert "<svg" not in render(verdicts.empty(), "html")


COMMIT = Commit("0123456789abcdef", "2024-11-05")
GITHUB = Origin("https://github.com/o/n", modified=False)


def addresses(verdict: Verdict, base: str = "") -> set[str]:
    return {
        link for link in re.findall(r'<a href="([^"]*)"', render(verdict, "html", link_base=base)) if link[0] != "#"
    }


def test_places_link_to_the_address_that_is_asked_for() -> None:
    base = "https://example.org/o/n/blob/{commit}/{path}#L{line}"
    known = verdicts.verdict(commit=COMMIT, origin=replace(GITHUB, folder="sub", modified=True))
    assert "https://example.org/o/n/blob/0123456789abcdef/run.sh#L30" in addresses(known, base)
    for unsafe in ("javascript:alert(1)//{path}", "{path}"):
        assert addresses(known, unsafe) == set()
    assert addresses(verdicts.verdict(commit=None), base) == set()


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/o/n", "/blob/0123456789abcdef/a%20b/run.sh?plain=1#L30"),
        ("https://gitlab.com/g/sub/n", "/-/blob/0123456789abcdef/a%20b/run.sh?plain=1#L30"),
        ("https://gitee.com/o/n", "/blob/0123456789abcdef/a%20b/run.sh#L30"),
        ("https://huggingface.co/o/n", "/blob/0123456789abcdef/a%20b/run.sh#L30"),
        ("https://bitbucket.org/o/n", "/src/0123456789abcdef/a%20b/run.sh#lines-30"),
        ("https://codeberg.org/o/n", "/src/commit/0123456789abcdef/a%20b/run.sh?display=source#L30"),
    ],
)
def test_places_link_to_the_commit_on_a_known_host(remote: str, address: str) -> None:
    """The tree lies in the folder `a b` of the repository."""
    origin = replace(GITHUB, remote=remote, folder="a b")
    assert remote + address in addresses(verdicts.verdict(commit=COMMIT, origin=origin))


@pytest.mark.parametrize(
    ("commit", "origin"),
    [
        (None, GITHUB),
        (COMMIT, replace(GITHUB, modified=True)),
        (COMMIT, replace(GITHUB, modified=None)),
        (COMMIT, replace(GITHUB, remote=None)),
        (COMMIT, replace(GITHUB, remote="https://git.example.org/github.com/n")),
        (COMMIT, Origin()),
    ],
)
def test_where_the_line_may_be_another_there_is_no_link(commit: Commit | None, origin: Origin) -> None:
    assert addresses(verdicts.verdict(commit=commit, origin=origin)) == set()


def test_a_name_that_is_written_out_or_climbs_leads_nowhere_and_any_other_to_its_file() -> None:
    paths = ("a\u202eb.md", "../../x.md", "a/./x.md", 'a/?x=#y&"{line}.md')
    named = tuple(Naming(("h20-96gb",), "prose", path, 1, "H20") for path in paths)
    before = addresses(verdicts.verdict(commit=COMMIT, origin=GITHUB, named=()))
    found = addresses(verdicts.verdict(commit=COMMIT, origin=GITHUB, named=named)) - before
    assert found == {"https://github.com/o/n/blob/0123456789abcdef/a/%3Fx%3D%23y%26%22%7Bline%7D.md?plain=1#L1"}


def test_a_clone_links_to_its_remote_until_a_file_is_changed(tmp_path: Path) -> None:
    root = write(tmp_path / "clone", {"sub/run.sh": RUN, "sub/train.py": TRAIN})
    for words in ("init -q", "add .", "commit -qm one", "remote add origin https://u:secret@github.com/o/n.git"):
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
        command = ["git", *who, *words.split()]
        subprocess.run(command, cwd=root, check=True)
    for path in (root / "sub", f"{root}@HEAD:sub"):
        verdict = scan(path, workers=1)
        assert verdict.commit is not None
        assert f"https://github.com/o/n/blob/{verdict.commit.id}/sub/train.py?plain=1#L3" in addresses(verdict)
        assert "secret" not in render(verdict, "html")
    write(root, {"sub/train.py": f"# moved\n{TRAIN}"})
    assert addresses(scan(root / "sub", workers=1)) == set()


def test_hundreds_of_launches_make_a_page_below_two_megabytes() -> None:
    two = verdicts.two_launches()
    main = two.launches[0]
    many = [
        replace(main, launch=replace(main.launch, id=f"a/long/folder/run_{number}.sh:30")) for number in range(2000)
    ]
    text = render(replace(two, launches=(main, *many)), "html")
    assert len(text.encode()) < 2_000_000
    assert "a/long/folder/run_1999.sh:30" in text


def test_long_lists_fold_away_but_are_there() -> None:
    gaps = tuple(Gap(f"f{number}.py", "too large") for number in range(40))
    named = tuple(Naming(("h20-96gb",), "prose", f"g{number}.md", 1, "H20") for number in range(40))
    text = render(verdicts.verdict(gaps=gaps, named=named), "html")
    assert "<summary>35 more</summary>" in text
    assert all(f"f{number}.py" in text and f"g{number}.md:1" in text for number in range(40))


def test_a_folded_launch_names_its_first_places_and_counts_the_rest() -> None:
    many = tuple(verdicts.finding("bf16-training", f"m{number}.py", 1) for number in range(9))
    step = StepResult(
        "number-format", "?", 6, 5, (verdicts.cut("number-format", verdicts.BF16, verdicts.VOLTA, *many),)
    )
    other = verdicts.outcome(launch=verdicts.launch("sft.sh:4"), steps=(step,))
    text = render(verdicts.verdict(launches=(verdicts.outcome(), other)), "html")
    folded = shown(text.replace("<body>", "").replace('class="others">', "><body>"))
    assert "m4.py:1 and 5 more" in folded.replace(" , ", ", ")
    assert "m5.py:1" not in folded


BOTH = "Instinct MI250, Instinct MI300X"


def test_what_excludes_the_same_as_the_line_above_says_so() -> None:
    first = verdicts.cut("software-stack", verdicts.NCCL, verdicts.AMD)
    same, other = (verdicts.cut("software-stack", verdicts.GDR, ids) for ids in (verdicts.AMD, verdicts.AMPERE_UP))
    for second, said in ((same, [BOTH, "the same"]), (other, [BOTH, "GeForce RTX 3090, A100, H20"])):
        step = StepResult("software-stack", "?", 6, 1, (first, second))
        text = render(verdicts.verdict(launches=(verdicts.outcome(steps=(step,)),)), "html")
        assert re.findall(r"<div>excludes ([^<]*)</div>", text) == said


def test_vendors_of_whom_nothing_is_excluded_fold_where_there_are_many() -> None:
    left = [Group(f"V{number}", "A", 2, (f"C{number}",), untouched=True) for number in range(4)]
    part = Group("NVIDIA", "Hopper", 1, ("H20",))
    whole = shown(f"<body>{groups('left', [part, *left])}")
    assert "NVIDIA Hopper 1 H20 Every model of V0 (1), V1 (1), V2 (1), V3 (1)" in whole
    assert "V3 A 1 C3" in whole
    assert "<details>" not in groups("left", [part, *left[:3]])


def test_tables_have_captions_and_headed_rows_and_columns() -> None:
    text = render(verdicts.verdict(), "html")
    tables = text.count("<table ")
    assert tables == text.count("<caption>") == text.count('<thead role="rowgroup">') == 6
    assert text.count('scope="col"') == 3 + 3 + 5 + 3 + 3 + 4
    assert text.count('scope="row"') == 2 + 3 + 2 + 1 + 1 + 2
