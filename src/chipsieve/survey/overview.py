"""How does a survey look in a browser? One page: families by repository and by year, who names what, what failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from chipsieve import __version__
from chipsieve.report.drawings import Bar, drawn
from chipsieve.report.escape import one_line, visible
from chipsieve.report.markup import Markup, element, table
from chipsieve.report.page_frame import framed
from chipsieve.report.sentence import percent
from chipsieve.survey.dataset import DataSet

LIKELY = 0.55  # where the words begin that say "likely"
FAMILIES, ROWS, NAMED, NAMED_BY, FAILURES, CHANGES, TECHNIQUES = 8, 300, 40, 12, 200, 200, 20
LETTERS = 80  # of a stranger's text in a cell
NO_YEAR = "no day known"
METHOD = (
    "A repository counts for a family where the estimate calls that likely (55% or more). Its year is that of the last "
    "change to its main launch, not that of a training run. A name in a document is a name: whose chips it means, and "
    "for what, only its sentence tells. Whether a chip was under export control is said of the same day; it is no "
    "legal advice. The data set beside this page has every row, with the line that it rests on."
)


def overview(folder: Path) -> str:
    """The page on the data set in a folder: it stands alone, without script or network."""
    with DataSet(folder) as data:
        title = f"What {_count(data, 'repositories'):,} repositories say of hardware"
        main = list(_body(data, title))
    return framed(title, main, (METHOD, f"chipsieve {__version__}"), styles=("page.css", "survey.css"))


def _body(data: DataSet, title: str) -> Iterator[Markup]:
    yield element("h1", title)
    yield element("p", _conclusion(data), class_="conclusion")
    families = _families(data)
    yield from _likeliest(data, families)
    yield from _years(data, families)
    yield from _matrix(data, families)
    yield from _named(data)
    yield from _controlled(data)
    yield from _techniques(data)
    yield from _changed(data)
    yield from _failed(data)


def _count(data: DataSet, rows: str, *values: object) -> int:
    """How many rows of something there are."""
    return int(data.rows(f"SELECT count(*) FROM {rows}", *values)[0][0])  # noqa: S608 - the text is ours


def _conclusion(data: DataSet) -> str:
    every, failed = _count(data, "repositories"), _count(data, "repositories WHERE state = 'failed'")
    likely = _count(data, "repositories WHERE probability >= ?", LIKELY)
    named = _count(data, "repositories WHERE len(named) > 0")
    failures = f" {failed:,} failed." if failed else ""
    return (
        f"{every - failed:,} of {every:,} repositories are answered.{failures} For {likely:,} the estimate calls one "
        f"family of accelerators likely; {named:,} name one."
    )


def _families(data: DataSet) -> list[str]:
    """The families that are likely for most repositories."""
    found = data.rows(
        "SELECT family FROM repositories WHERE probability >= ? GROUP BY family ORDER BY count(*) DESC, family LIMIT ?",
        LIKELY, FAMILIES,
    )  # fmt: skip
    return [family for (family,) in found]


def _likeliest(data: DataSet, families: Sequence[str]) -> Iterator[Markup]:
    answered = _count(data, "repositories WHERE state = 'answered'")
    if not answered:
        return
    counts = dict(data.rows("SELECT family, count(*) FROM repositories WHERE probability >= ? GROUP BY family", LIKELY))
    bars = [Bar(family, f"{counts[family]:,}", counts[family] / answered) for family in families]
    others = sum(counts.values()) - sum(counts[family] for family in families)
    unknown = answered - sum(counts.values())
    bars += [Bar("other families", f"{others:,}", others / answered, faint=True)] if others else []
    bars += [Bar("none likely", f"{unknown:,}", unknown / answered, faint=True)] if unknown else []
    yield element("h2", "What they were probably trained on", id="families")
    yield drawn("Repositories by likely family", bars)


def _years(data: DataSet, families: Sequence[str]) -> Iterator[Markup]:
    found = data.rows(
        "SELECT coalesce(strftime(as_of, '%Y'), ?), family, count(*) FROM repositories WHERE probability >= ? "
        "GROUP BY ALL ORDER BY ALL",
        NO_YEAR, LIKELY,
    )  # fmt: skip
    if not found:
        return
    counts = {(year, family): count for year, family, count in found}
    rows = []
    for year in sorted({year for year, _, _ in found}):
        total = sum(count for one, _, count in found if one == year)
        shown = [counts.get((year, family), 0) for family in families]
        rows.append([year, *map(_number, shown), _number(total - sum(shown)), _number(total)])
    yield element("h2", "Families over the years", id="years")
    yield _grid("Repositories by the year of their main launch", ("Year", *families, "Others", "All"), rows)


def _matrix(data: DataSet, families: Sequence[str]) -> Iterator[Markup]:
    repositories = data.rows(
        "SELECT repository, strftime(as_of, '%Y') FROM repositories WHERE state = 'answered' "
        "ORDER BY repository LIMIT ?",
        ROWS,
    )
    if not repositories or not families:
        return
    names = [name for name, _ in repositories]
    found = data.rows("SELECT repository, family, probability FROM estimates WHERE list_contains(?, repository)", names)
    chance = {(name, family): probability for name, family, probability in found}
    rows = [
        [_name(name), year or "", *(_percent(chance.get((name, family), 0.0)) for family in families)]
        for name, year in repositories
    ]
    every = _count(data, "repositories WHERE state = 'answered'")
    more = f" The first {len(rows):,} of {every:,}; the table estimates has all." if every > len(rows) else ""
    yield element("h2", "Repositories and families", id="matrix")
    yield _grid(f"How likely each family is.{more}", ("Repository", "Year", *families), rows)


def _named(data: DataSet) -> Iterator[Markup]:
    found = data.rows(
        "SELECT family, count(DISTINCT repository), "
        "count(DISTINCT repository) FILTER (deed IN ('trained', 'fine-tuned')), "
        "count(DISTINCT repository) FILTER (state = 'removed'), list(DISTINCT repository ORDER BY repository)[:?] "
        "FROM (SELECT unnest(families) AS family, repository, deed, state FROM claims) GROUP BY family "
        "ORDER BY 2 DESC, family LIMIT ?",
        NAMED_BY, NAMED,
    )  # fmt: skip
    if not found:
        return
    rows = [
        (family, _number(count), _number(trained), _number(removed), _people(names, count))
        for family, count, trained, removed, names in found
    ]
    yield element("h2", "Who names what", id="named")
    head = ("Family", "Repositories", "Say trained", "Removed since", "Which")
    yield _grid("Families that code or documents name", head, rows)


def _people(names: Sequence[str], count: int) -> Markup:
    shown = ", ".join(one_line(name, LETTERS) for name in names)
    return element("span", shown + (f", and {count - len(names):,} more" if count > len(names) else ""), class_="soft")


def _controlled(data: DataSet) -> Iterator[Markup]:
    found = data.rows(
        "SELECT coalesce(controlled, 'no day known'), count(*), list(DISTINCT repository ORDER BY repository)[:?] "
        "FROM estimates WHERE rank = 1 AND probability >= ? GROUP BY 1 ORDER BY 2 DESC, 1",
        NAMED_BY, LIKELY,
    )  # fmt: skip
    every = data.rows(
        "SELECT count(*), list(repository ORDER BY repository)[:?] FROM repositories WHERE len(controlled) > 0 AND "
        "len(uncontrolled) = 0 AND len(undecided) = 0",
        NAMED_BY,
    )[0]
    rows = [(standing, _number(count), _people(names, count)) for standing, count, names in found]
    if every[0]:
        rows.append(("every accelerator that the main launch leaves", _number(every[0]), _people(every[1], every[0])))
    if rows:
        yield element("h2", "Controlled or not", id="controlled")
        yield _grid(
            "Whether the likely family was under export control on the day of the main launch",
            ("Standing", "Repositories", "Which"), rows,
        )  # fmt: skip


def _techniques(data: DataSet) -> Iterator[Markup]:
    found = data.rows(
        "SELECT technique, count(DISTINCT repository), list(DISTINCT repository ORDER BY repository)[:?] "
        "FROM (SELECT unnest(techniques) AS technique, repository FROM launches WHERE speaks) GROUP BY technique "
        "ORDER BY 2 DESC, 1 LIMIT ?",
        NAMED_BY, TECHNIQUES,
    )  # fmt: skip
    if found:
        rows = [(visible(name), _number(count), _people(names, count)) for name, count, names in found]
        yield element("h2", "Techniques", id="techniques")
        yield _grid("Techniques that speaking launches show", ("Technique", "Repositories", "Which"), rows)


def _changed(data: DataSet) -> Iterator[Markup]:
    found = data.rows(
        "SELECT repository, change, what, value, path, line, was, now FROM changes WHERE what <> 'sentence' "
        "ORDER BY ALL LIMIT ?",
        CHANGES,
    )
    if not found:
        return
    rows = []
    for name, change, what, value, path, line, was, now in found:
        said = f"{value or ''}{f': {was} → {now}' if was else ''}"
        where = f"{path}:{line}" if path else ""
        rows.append((_name(name), change, what, one_line(said, LETTERS), one_line(where, LETTERS)))
    every = _count(data, "changes WHERE what <> 'sentence'")
    more = f" The first {len(rows):,} of {every:,}." if every > len(rows) else ""
    yield element("h2", "What changed since the last run", id="changes")
    yield _grid(f"What came and went.{more}", ("Repository", "Change", "What", "Which", "Where"), rows)


def _failed(data: DataSet) -> Iterator[Markup]:
    found = data.rows("SELECT repository, kind, message FROM errors ORDER BY ALL LIMIT ?", FAILURES)
    gaps, unread = data.rows("SELECT count(*), count(DISTINCT repository) FROM gaps WHERE NOT notice")[0]
    yield element("h2", "What failed", id="failed")
    if found:
        every = _count(data, "errors")
        more = f" The first {len(found):,} of {every:,}." if every > len(found) else ""
        rows = [(_name(name), kind, one_line(message, 2 * LETTERS)) for name, kind, message in found]
        yield _grid(f"Repositories without an answer.{more}", ("Repository", "Why", "What happened"), rows)
    else:
        yield element("p", "Every repository was answered.")
    if gaps:
        yield element(
            "p", f"In {unread:,} repositories {gaps:,} files or parts could not be read; the table gaps has them."
        )


def _grid(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    return element("div", table(caption, head, rows), class_="grid")


def _name(name: str) -> str:
    return visible(name)


def _number(count: int) -> Markup:
    return element("span", f"{count:,}" if count else "", class_="number")


def _percent(probability: float) -> Markup:
    """A probability; the likelier, the darker, and none is certain."""
    shown = percent(probability) if round(probability * 100) else ""
    return element("span", shown, class_="number likely" if probability >= LIKELY else "number quiet")
