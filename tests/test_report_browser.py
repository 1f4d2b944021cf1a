"""Is the HTML report good in a browser? Chromium opens pages of the fixtures, and of a tree that tries to act.

`./dev browser` installs Chromium. Without it these tests are skipped, and fail where CHIPSIEVE_BROWSER is `required`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Dialog, Page, PdfMargins, sync_playwright
from pypdf import PdfReader

from chipsieve import scan
from chipsieve.report import render
from find_browser import browser
from small_trees import TRAIN, write

REPOS = Path(__file__).parents[1] / "fixtures/repos"
WIDTHS = (390, 1280)
FLAGS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
LAUNCHES = 300
CODE = "https://example.org/o/n/blob/main/{path}#L{line}"
HOSTILE = (
    "<img src=x onerror=alert(1)>.sh",
    "</style><script>alert(1)</script>/run.sh",
    "javascript:alert(1).sh",
    "\u202egnp.sh",
    "$body ${title} {{7*7}} {commit}.sh",
    "'onmouseover='alert(1)' \"onfocus=\"alert(1)\".sh",
    "a&lt;b&#60;i>.sh",
    "long" + "-name" * 40 + ".sh",
)
"""Names of scripts that are launches; the last one is as long as a file system takes."""
SOURCE = f"from flash_attn import flash_attn_func\n{TRAIN}flash_attn_func(q)  # </pre><img src=x onerror=alert(1)>\n"
README = """# <script>alert(1)</script>

We trained on 64 H20 <img src=x onerror=alert(1)> and on [V100](javascript:alert(1)) \u202e cards.
Tested on `</style><svg onload=alert(1)>` H100.
"""

pytestmark = pytest.mark.costly


def path_of_chromium() -> str:
    """Where Chromium is; without one the test that asks ends here."""
    path = browser()
    if path is None and os.environ.get("CHIPSIEVE_BROWSER") == "required":
        pytest.fail("there is no Chromium, and CHIPSIEVE_BROWSER requires one: ./dev browser installs it")
    return path or pytest.skip("there is no Chromium: ./dev browser installs it")


@pytest.mark.parametrize(("wanted", "end"), [("", pytest.skip.Exception), ("required", pytest.fail.Exception)])
def test_without_a_browser_tests_are_skipped_or_fail(
    monkeypatch: pytest.MonkeyPatch, wanted: str, end: type[BaseException]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CHIPSIEVE_BROWSER", wanted)
    with pytest.raises(end):
        path_of_chromium()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path_of_chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Pages by name: of every fixture tree, and of a hostile one with hundreds of launches."""
    folder = tmp_path_factory.mktemp("reports")
    scripts = dict.fromkeys(HOSTILE, "# <img src=x onerror=alert(1)>\ntorchrun train.py --bf16 --x '</pre><b>'\n")
    many = {f"examples/a_rather_long_name_of_a_model/run_{number}.sh": RUN for number in range(LAUNCHES)}
    hostile = write(folder / "<b>tree", {**scripts, **many, "README.md": README, "train.py": SOURCE})
    trees = [*(path for path in sorted(REPOS.iterdir()) if path.is_dir()), hostile]
    for tree in trees:
        page = render(scan(tree, workers=1), "html", link_base=CODE)
        (folder / f"{tree.name}.html").write_text(page, encoding="utf-8")
    return {tree.name: folder / f"{tree.name}.html" for tree in trees}


RUN = "export NCCL_IB_HCA=mlx5\ntorchrun --nproc_per_node 8 --nnodes 4 train.py --bf16 --zero_stage 3\n"


@pytest.fixture
def hostile(reports: Mapping[str, Path]) -> Path:
    return reports["<b>tree"]


@pytest.fixture
def example(reports: Mapping[str, Path]) -> Path:
    return reports["hunyuan-large-2024-11-05"]


@contextmanager
def opened(
    chromium: Browser, file: Path, width: int = 1280, scheme: Literal["light", "dark"] = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what it does beside showing itself: messages, errors, dialogs, windows, requests."""
    deeds: list[str] = []

    def answered(dialog: Dialog) -> None:
        deeds.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.on("console", lambda message: deeds.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: deeds.append(f"error: {error}"))
    page.on("popup", lambda window: deeds.append(f"window: {window.url}"))
    page.on("request", lambda request: deeds.append(f"request: {request.url}"))
    page.on("dialog", answered)
    page.goto(file.as_uri())
    assert deeds.pop(0) == f"request: {page.url}"
    yield page, deeds
    context.close()


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


CLIPPED = """() => [...document.querySelectorAll('main *, footer *')].filter(one => {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one)
    if (one.closest('svg, thead') || one.checkVisibility() === false) return false
    const reaches = box.right > innerWidth + 1 || box.left < -1
    return reaches || style.display !== 'inline' && one.scrollWidth > one.clientWidth + 1
}).map(one => `${one.tagName} ${one.textContent.slice(0, 60)}`)"""
"""Elements that reach beyond the window, or whose content reaches beyond them; a table's head is hidden when narrow."""


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_fits_its_window_and_nothing_is_cut_off(
    chromium: Browser, reports: Mapping[str, Path], width: int
) -> None:
    for name, file in reports.items():
        with opened(chromium, file, width) as (page, _):
            unfold(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert page.evaluate(CLIPPED) == [], name


def test_what_is_cut_off_is_seen(chromium: Browser, tmp_path: Path) -> None:
    """The measure of the test above measures something."""
    page = "<main><table><td><div style='width:5rem;overflow:hidden'><pre>{}</pre></div></table></main>"
    (tmp_path / "wide.html").write_text(page.format("x" * 500), encoding="utf-8")
    with opened(chromium, tmp_path / "wide.html") as (shown, _):
        assert [one.split()[0] for one in shown.evaluate(CLIPPED)] == ["DIV", "PRE"]


def test_the_page_does_nothing(chromium: Browser, reports: Mapping[str, Path]) -> None:
    for name, file in reports.items():
        with opened(chromium, file) as (page, deeds):
            unfold(page)
            for summary in page.locator("summary").all()[:3]:
                summary.hover()
            assert page.locator("img, script, iframe, object, embed, link, b, i, form, base").count() == 0, name
            assert page.evaluate("[...document.querySelectorAll('*')].flatMap(one => one.getAttributeNames())"
                                 ".filter(name => name.startsWith('on') || name === 'src')") == [], name  # fmt: skip
            assert deeds == [], name


def test_what_a_page_does_is_seen(chromium: Browser, tmp_path: Path) -> None:
    """The measure of the test above measures something: the same names, unescaped."""
    acts = f"{''.join(HOSTILE[:2])}<script>console.log('x'); throw Error('y')</script>"
    (tmp_path / "acting.html").write_text(acts, encoding="utf-8")
    with opened(chromium, tmp_path / "acting.html") as (page, deeds):
        page.wait_for_function("window.closed === false")
        kinds = {deed.partition(":")[0] for deed in deeds}
    assert kinds == {"console", "error", "dialog", "request"}


def test_hostile_names_are_shown_as_text_and_lead_to_the_code_alone(chromium: Browser, hostile: Path) -> None:
    with opened(chromium, hostile) as (page, _):
        unfold(page)
        shown = page.locator("body").inner_text()
        hidden = [name for name in HOSTILE if name.replace("\u202e", "\\u202e") not in shown]
        assert hidden == []
        assert "flash_attn_func(q) # </pre><img src=x onerror=alert(1)>" in shown, "the line that excludes"
        assert "\u202e" not in page.content()
        assert page.title() == "chipsieve: <b>tree"
        links = {link for link in page.eval_on_selector_all("a", "all => all.map(one => one.href)") if "#L" in link}
        assert len(links) > LAUNCHES
        assert [link for link in links if not link.startswith("https://example.org/o/n/blob/main/")] == []
        assert any(link.endswith("/javascript%3Aalert%281%29.sh#L2") for link in links)


def pressed_until(page: Page, selector: str, key: str = "Tab") -> int:
    """How often a key is pressed until an element that matches has the focus."""
    for times in range(1, 60):
        page.keyboard.press(key)
        if page.evaluate("what => document.activeElement.matches(what)", selector):
            return times
    raise AssertionError(f"{selector} is not reached by {key}")


def test_contents_and_folds_work_by_keyboard_alone(chromium: Browser, hostile: Path) -> None:
    with opened(chromium, hostile) as (page, deeds):
        assert pressed_until(page, "nav a[href='#trained-on']") == 1
        pressed_until(page, "nav a[href='#other-launches']")
        page.keyboard.press("Enter")
        assert page.url.endswith("#other-launches")
        assert page.locator("#other-launches").evaluate("one => one.getBoundingClientRect().top") < 400
        pressed_until(page, ".others summary")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "focus is visible"
        first = page.locator(".others > details").first
        inside = first.locator("pre").first
        assert not inside.is_visible()
        page.keyboard.press("Enter")
        assert inside.is_visible()
        page.keyboard.press("Enter")
        assert not inside.is_visible()
        assert deeds == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_those_who_see_little(
    chromium: Browser, reports: Mapping[str, Path], scheme: Literal["light", "dark"]
) -> None:
    """All rules of axe, contrast among them; what it cannot measure, text in drawings, has colours that it measured."""
    for name in ("hunyuan-large-2024-11-05", "mixed-vendors", "hunyuan-dit"):
        with opened(chromium, reports[name], scheme=scheme) as (page, _):
            unfold(page)
            page.evaluate(AXE)
            found = page.evaluate("axe.run()")
            assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]] == [], name
            assert {"color-contrast", "heading-order", "html-has-lang", "td-headers-attr", "svg-img-alt"} <= {
                one["id"] for one in found["passes"]
            }
            drawn = set(page.eval_on_selector_all("svg text", "all => all.map(one => getComputedStyle(one).fill)"))
            assert drawn <= set(page.eval_on_selector_all("p", "all => all.map(one => getComputedStyle(one).color)"))
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 25, 28)"}[scheme]


def roles(page: Page) -> list[dict[str, Any]]:
    """What Chromium hands to a screen reader."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return [node for node in tree["nodes"] if not node["ignored"]]


def named(nodes: list[dict[str, Any]], role: str) -> list[str]:
    return [node["name"]["value"] for node in nodes if node["role"]["value"] == role]


def test_a_screen_reader_is_given_the_same_at_both_widths(chromium: Browser, example: Path) -> None:
    counts = []
    for width in WIDTHS:
        with opened(chromium, example, width) as (page, _):
            unfold(page)
            nodes = roles(page)
            assert page.locator("html").get_attribute("lang") == "en"
            assert len(named(nodes, "main")) == len(named(nodes, "contentinfo")) == 1
            assert named(nodes, "navigation") == ["Contents"]
            drawings = named(nodes, "image")
            assert [one.partition(":")[0] for one in drawings] == ["How likely", "What is left"]
            assert drawings[1] == "What is left: catalogue 276, number format 214"
            headings = [node for node in nodes if node["role"]["value"] == "heading"]
            levels = [
                value["value"]["value"] for one in headings for value in one["properties"] if value["name"] == "level"
            ]
            assert levels.count(1) == 1
            assert all(after <= before + 1 for before, after in pairwise(levels))
            assert all(named(nodes, "table"))
            heads = named(nodes, "columnheader")
            assert {"Family", "Probability", "Step", "Decided by", "Architecture", "Technique"} <= set(heads)
            assert {"H20†", "number format", "NVIDIA Hopper", "ZeRO stage"} <= set(named(nodes, "rowheader"))
            kinds = ("table", "row", "columnheader", "rowheader", "cell", "link", "DisclosureTriangle", "list")
            counted = Counter(node["role"]["value"] for node in nodes)
            counts.append({kind: counted[kind] for kind in kinds})
    assert counts[0] == counts[1]
    assert counts[0]["table"] > 5


def printed(page: Page) -> tuple[int, str]:
    """How many sheets of A4 the page takes, and what stands on them, without white space."""
    document = PdfReader(BytesIO(page.pdf(format="A4", margin=MARGINS)))
    return len(document.pages), "".join("".join(sheet.extract_text().split()) for sheet in document.pages)


MARGINS: PdfMargins = {"top": "1.5cm", "right": "1.5cm", "bottom": "1.5cm", "left": "1.5cm"}
FOLDED = "run_7.sh:2"


@pytest.mark.costly
def test_hundreds_of_launches_print_in_ten_pages_and_whole_on_request(chromium: Browser, hostile: Path) -> None:
    with opened(chromium, hostile) as (page, _):
        few, text = printed(page)
        assert few <= 10
        assert FOLDED not in text
        assert f"Otherlaunches:{LAUNCHES + len(HOSTILE) - 1}" in text
        page.locator("summary", has_text=FOLDED).click()
        more, text = printed(page)
        assert few <= more <= few + 1
        assert FOLDED in text
        assert "run_8.sh:2" not in text
        page.get_by_label("Print what is folded, too").check()
        whole, text = printed(page)
        assert whole > 10
        assert all(f"run_{number}.sh:2276" in text for number in range(LAUNCHES)), "each launch, with what it leaves"
        assert text.count("--nnodes4") >= LAUNCHES, "and its command"


def test_paper_is_white_whatever_the_screen_is(chromium: Browser, example: Path) -> None:
    with opened(chromium, example, scheme="dark") as (page, _):
        page.emulate_media(media="print")
        colours = page.evaluate(
            "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))"
        )
        assert colours == ["rgb(28, 30, 33)", "rgb(255, 255, 255)"]
