"""What is around every HTML page of ours? A head with its style, no script and no network; a main part and a footer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from string import Template

from chipsieve.report.markup import element, escape, join


def framed(title: str, main: Iterable[str], footer: Iterable[str], styles: Sequence[str] = ("page.css",)) -> str:
    """The page as text; what is no markup is escaped, and each part of the footer is a paragraph.

    `styles` are the names of style sheets of ours.
    """
    package = files("chipsieve.report")
    page = Template(package.joinpath("page.html").read_text(encoding="utf-8"))
    body = join(
        [element("main", join(main, "\n")), element("footer", *(element("p", words) for words in footer))], "\n"
    )
    css = "".join(package.joinpath(name).read_text(encoding="utf-8") for name in styles)
    return page.substitute(title=escape(title), css=css, body=body)
