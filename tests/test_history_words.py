"""Is a history told most telling first, and drawn so that a removal shows?"""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from chipsieve.estimate.answer import Estimate, FamilyEstimate
from chipsieve.match.table import default_table
from chipsieve.report.style import Style
from chipsieve.report.timeline_drawing import drawing
from chipsieve.report.timeline_formats import render_history
from chipsieve.report.timeline_words import kinds_words, paragraph, removals, struck_first, with_removed
from chipsieve.sources.commits import Moment
from chipsieve.timeline.life import Answer, Declared, History, Life, News, Place, Trained

CAME = Moment("a" * 40, "2024-01-01", "start", "", "main")
TOOK = Moment("b" * 40, "2024-03-01", 'take "it"', "a" * 40, "main")
TIP = Moment("c" * 40, "2024-05-01", "tip", "b" * 40, "main")
HISTORY = History(
    tip=TIP, now=None, commits=(TIP, TOOK, CAME), ancestors=frozenset({one.id for one in (TIP, TOOK, CAME)}),
    lives=(), answers=(), judged=0, candidates=0, trained_on_ever=None, declared=(), gaps=(),
    signals=default_table().signals, refs={}, root="r",
)  # fmt: skip


def life(
    signal: str, value: str, path: str = "run.sh", *, variable: str = "", deed: str = "", gone: bool = True
) -> Life:
    """A line that the commit `TOOK` took, or one that is there."""
    told = HISTORY.signals[signal]
    place = Place(path, 3, f"export {variable}={value}" if variable else value)
    return Life(
        signal=signal, value=value, variable=variable, by="prose" if told.effect == "names" else "", deed=deed,
        effect=told.effect, strength=told.strength, state="removed" if gone else "present", place=place, last=place,
        content="", first=CAME, removed=TOOK if gone else None,
    )  # fmt: skip


def of(*lives: Life) -> History:
    return replace(HISTORY, lives=lives)


TAKEN = (
    life("pinned-version", "timm==1.0.3"),
    life("nccl-variables", "160", variable="NCCL_IB_TC"),
    life("site-rdma-adapter", "mlx5_0", variable="NCCL_IB_HCA"),
    life("nccl-variables", "mlx5_0", variable="NCCL_IB_HCA"),
    life("flash-attention-2", "flash-attn==2.6.3"),
    life("named-in-prose", "H800", "README.md", deed="trained"),
)


def test_what_tells_most_comes_first_and_each_line_once() -> None:
    assert kinds_words(of(), TAKEN) == (
        "names: H800; requirements: flash-attn==2.6.3; "
        "environment variables: NCCL_IB_HCA=mlx5_0, NCCL_IB_TC=160; techniques: timm==1.0.3"
    )


def test_a_bare_number_has_its_title_and_shares_it() -> None:
    lives = (life("devices-per-node", "2"), life("devices-per-node", "8"), life("torch-before-2-9", "torch==2.1"))
    assert kinds_words(of(), lives) == "techniques: devices per node (2, 8), torch==2.1"


def test_the_title_keeps_its_capitals() -> None:
    assert kinds_words(of(), [life("cuda-before-11-8", "11.7")]) == "weaker signs: CUDA older than 11.8 (11.7)"


def test_the_paragraph_has_the_sentences_on_documents_before_what_a_commit_took() -> None:
    names = [
        life("named-in-prose", name, "README.md", deed=deed) for name, deed in (("T4", "tested"), ("H800", "trained"))
    ]
    names = [replace(one, last=one.last._replace(line=number)) for number, one in enumerate(names, 1)]
    declared = tuple(Declared("went", f"says {one.value}.", (one.last.at,)) for one in names)
    told = paragraph(replace(of(*names, *TAKEN[1:5]), declared=declared))
    assert told.startswith("r, 3 commits from 2024-01-01 to 2024-05-01, up to ccccccc: evidence of hardware is gone")
    assert "removed by 1 commit. says H800. says T4. 2024-03-01 bbbbbbb" in told
    assert "took requirements: flash-attn==2.6.3; environment variables: NCCL_IB_HCA=mlx5_0, NCCL_IB_TC=160;" in told


def test_a_second_name_comes_before_the_same_one_again() -> None:
    lives = [life("named-in-prose", name, f"{number}.md") for number, name in enumerate(("H800", "h800", "A100"))]
    declared = tuple(Declared("went", f"{one.value}.", (one.last.at,)) for one in lives)
    assert [one.sentence for one in struck_first(replace(of(*lives), declared=declared))] == ["H800.", "A100.", "h800."]


def estimated(*probabilities: tuple[str, float, str]) -> Estimate:
    families = tuple(FamilyEstimate(name.lower(), name, (), chance, words, ()) for name, chance, words in probabilities)
    return Estimate("", families, 0.0, 0.0, "")


@pytest.mark.parametrize(
    ("now", "ever", "told"),
    [
        (Trained("H20", 0.93, "very likely"), [("H20", 0.9, "very likely"), ("H800", 0.05, "")], "the same"),
        (Trained("H20", 0.93, "very likely"), [("H20", 0.8, "very likely"), ("H800", 0.13, "")],
         "H20 (80%, very likely), H800 (13%)"),
        (None, [("A100", 1.0, "almost certain")], "A100 (99%, almost certain)"),
        (None, [("A100", 0.3, "unlikely")], "the same"),
        (Trained("H100", 0.6, "likely"), [("H100", 0.33, "unlikely"), ("A100", 0.3, "unlikely")],
         "no family stands out (H100 33%, A100 30%)"),
    ],
)  # fmt: skip
def test_the_estimate_with_what_was_removed(now: Trained | None, ever: list[tuple[str, float, str]], told: str) -> None:
    answer = Answer(TIP, "", frozenset(), frozenset(), now, "")
    history = replace(of(*TAKEN), answers=(answer,), trained_on_ever=estimated(*ever))
    assert with_removed(history) == told
    assert paragraph(history).endswith(f"; with what was removed: {told}.")
    assert with_removed(replace(history, lives=())) == ""


def test_commits_that_took_techniques_alone_are_counted() -> None:
    other = replace(life("gradient-accumulation", "2"), removed=TIP)
    shown = render_history(of(*TAKEN, other), "text", Style(detail="digest"))
    assert "and by 1 more commit: techniques and pins alone" in shown
    assert "gradient accumulation" not in shown
    assert "gradient accumulation (2)" in render_history(of(*TAKEN, other), "text", Style(detail="report"))
    assert [removal.tells for removal in removals(of(*TAKEN, other))] == [False, True]


def test_a_row_for_each_name_and_one_for_what_came_and_went_together() -> None:
    text = drawing(of(*TAKEN, life("named-in-prose", "A100", "README.md", gone=False)))
    labels = re.findall(r'<span class="what">(.*?)<span', text)
    assert labels == ["H800", "flash-attn==2.6.3", "NCCL_IB_HCA=mlx5_0, NCCL_IB_TC=160", "A100"]
    bars = re.findall(r'<rect x="([\d.]+)%" y="6" width="([\d.]+)%"', text)
    assert bars == [("0.0", "49.6")] * 3 + [("0.0", "100.0")]
    assert re.findall(r'<svg x="([\d.]+)%" class="end">', text) == ["49.6"] * 3
    assert text.count("2024-01-01 to 2024-03-01 bbbbbbb") == 3
    assert re.findall(r">(\d{4}-\d\d)</text>", text) == ["2024-02", "2024-03", "2024-04", "2024-05"]


@pytest.mark.parametrize(
    ("first", "labels"), [("1990-06-01", 6), ("2021-06-01", 3), ("0001-01-01", 6), ("2024-05-01", 1)]
)
def test_a_few_days_are_marked_however_long_it_took(first: str, labels: int) -> None:
    begin = CAME._replace(day=first)
    history = replace(of(replace(life("named-in-prose", "H800"), first=begin, removed=TIP)), commits=(TIP, begin))
    assert drawing(history).count("</text>") == labels


def test_what_a_commit_says_means_nothing_on_the_page() -> None:
    took = TOOK._replace(subject='<script>"x"')
    hostile = replace(life("named-in-prose", "<b>", "<i>.md"), removed=took)
    text = render_history(replace(of(hostile), commits=(TIP, took, CAME)), "html", Style())
    assert not re.search(r"<script|<b>|<i>", text)
    assert "&lt;script&gt;" in text


def test_the_paragraph_says_which_branches_were_rewritten() -> None:
    news = News(frozenset(), ("refs/heads/main", "refs/pull/3/merge"))
    told = paragraph(replace(of(), news=news))
    assert "refs/heads/main no longer leads to the commit of the last report: its history was rewritten" in told
    assert "refs/pull" not in told
    assert "no longer" not in paragraph(of())
