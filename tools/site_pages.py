"""How do the pages as they lie in the repository become a site? MkDocs calls these functions (mkdocs.yml, `hooks`).

The pages are written for a reader of the repository. On the site, the README is the first page, and what else of the
repository a page links to leads to the project's address.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
TOP = {
    "README.md": "index.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "CODE_OF_CONDUCT.md": "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "SECURITY.md": "SECURITY.md",
}
"""Pages of the top folder, and where they stand on the site."""
FROM_TOP = {on_site: name for name, on_site in TOP.items()}
CODE = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[ \t]*$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def slug(heading: str, separator: str) -> str:
    """The anchor of a heading, as GitHub makes it: links are written for that."""
    return re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", separator)


def in_repository(on_site: str) -> str:
    """The path in the repository of a page of the site."""
    return FROM_TOP.get(on_site, f"docs/{on_site}")


def link(target: str, page: str, address: str) -> str:
    """Where a link of a page leads on the site; one that leads nowhere stays as it is, for MkDocs to complain of.

    `page` is a path on the site, `target` the link as the page in the repository has it.
    """
    path = posixpath.normpath(posixpath.join(posixpath.dirname(in_repository(page)), target))
    if path in TOP or path.startswith("docs/"):
        return posixpath.relpath(TOP.get(path, path.removeprefix("docs/")), posixpath.dirname(page) or ".")
    if not (ROOT / path).exists():
        return target
    return f"{address.rstrip('/')}/{'tree' if (ROOT / path).is_dir() else 'blob'}/main/{path}"


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """A page with its prose changed, and its code as it was."""
    return "".join(part if number % 2 else change(part) for number, part in enumerate(CODE.split(text)))


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Headings get the anchors that they have on GitHub."""
    config["mdx_configs"].setdefault("toc", {})["slugify"] = slug
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages of the top folder join those of docs/."""
    for name, on_site in TOP.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, on_site, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 (MkDocs passes them by name)
    """A page's links lead where they do in the repository."""
    where, address = page.file.src_uri, config["repo_url"]
    relinked = lambda found: f"]({link(found[1], where, address)}{found[2] or ''})"  # noqa: E731 (it is used once)
    return outside_code(markdown, lambda prose: LINK.sub(relinked, prose))
