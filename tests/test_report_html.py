"""Does the page show everything that the verdict holds, cut short nowhere?"""

from __future__ import annotations

import html
import re

from msgspec.structs import replace

import verdicts
from chipsieve.facts.reading import Gap
from chipsieve.report import render
from chipsieve.sieve.outcome import Naming
from chipsieve.sources.contents import Commit


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
    headings = ["Main launch <code>run.sh:30", ">Possible: 6 of 6<", "<summary><code>sft.sh:4</code> 6 → 6"]
    assert sorted(headings, key=text.index) == headings
    assert text.count("The sieve, step by step") == 1
    assert "<details open" not in text


def test_the_contents_link_to_the_sections() -> None:
    text = render(verdicts.two_launches(), "html")
    links = re.findall(r'<a href="#([a-z-]+)">', text)
    assert links == re.findall(r'<h2 id="([a-z-]+)">', text)
    assert {"trained-on", "main-launch", "possible", "other-launches", "not-read"} <= set(links)


def test_the_narrowing_is_drawn_and_told_to_those_who_do_not_see_it() -> None:
    text = render(verdicts.verdict(), "html")
    assert text.count("<svg") == 1
    assert 'role="img" aria-label="What is left: catalogue 6, software stack 4, number format 3"' in text
    assert "<svg" not in render(verdicts.empty(), "html")


def test_places_link_to_the_code_where_its_address_is_known() -> None:
    base = "https://example.org/o/n/blob/{commit}/{path}#L{line}"
    commit = Commit("0123456789abcdef", "2024-11-05")
    text = render(verdicts.verdict(commit=commit), "html", link_base=base)
    assert '<a href="https://example.org/o/n/blob/0123456789abcdef/run.sh#L30" rel="noreferrer">' in text
    for unsafe in ("javascript:alert(1)//{path}", "{path}"):
        assert 'rel="noreferrer"' not in render(verdicts.verdict(commit=commit), "html", link_base=unsafe)
    assert 'rel="noreferrer"' not in render(verdicts.verdict(commit=None), "html", link_base=base)


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


def test_tables_have_captions_and_headed_rows_and_columns() -> None:
    text = render(verdicts.verdict(), "html")
    tables = text.count("<table ")
    assert tables == text.count("<caption>") == text.count('<thead role="rowgroup">') == 6
    assert text.count('scope="col"') == 3 + 3 + 5 + 3 + 3 + 4
    assert text.count('scope="row"') == 2 + 3 + 2 + 1 + 1 + 2
