"""Settings of Sphinx for the documentation site that `make docs` writes to target/site/.

The pages are the Markdown files of the project as they stand, so that a link works in the site and
in an editor alike. `README.md` is the first page; the navigation, by reader, stands here.
"""

from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
NAVIGATION = {
    "Analyst": ["docs/tutorial", "docs/connect_bi_tool", "docs/tables"],
    "Marketer": ["docs/report", "docs/activation"],
    "Analytics engineer": [
        *("docs/connect_your_records", "docs/sources/*"),
        *("CONTRIBUTING", "docs/style_guide"),
    ],
    "ML engineer": [
        *("docs/textbook", "docs/methodology", "docs/formulas"),
        *("docs/benchmarks", "docs/simulator"),
    ],
    "Operator": ["docs/operate", "docs/privacy", "docs/scale_out"],
    "Project": ["CHANGELOG", "DECISIONS"],
    "中文": ["README.zh-CN", "docs/*.zh-CN"],
}

project = "Customer personas"
author = ""
copyright = ""
language = "en"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "README"
include_patterns = ["*.md", "docs/*.md", "docs/sources/*.md"]
# anchors of headings as other renderers of Markdown make them
myst_heading_anchors = 4
# blocks that are no language, such as what a command prints
highlight_language = "none"
suppress_warnings = [
    # SQL with dbt's braces, CSV
    "misc.highlighting_failure",
    # text that begins with a heading of the second level
    "myst.header",
]

html_theme = "furo"
html_title = project
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
# index.html leads to the first page
html_extra_path = ["extra"]
# furo's own sidebar, and below it the way to dbt's documentation, which no Markdown leads to
templates_path = ["templates"]
html_sidebars = {
    "**": [
        *("sidebar/brand.html", "sidebar/search.html", "sidebar/scroll-start.html"),
        *("sidebar/navigation.html", "models.html", "sidebar/scroll-end.html"),
    ]
}


def write_navigation() -> str:
    """Write a hidden table of contents for each kind of reader.

    Returns
    -------
    str
        Directives for the end of the first page. Pages that nothing names come last, so that none
        is out of reach.
    """
    pages = sorted(
        path.relative_to(ROOT).with_suffix("").as_posix()
        for pattern in include_patterns
        for path in ROOT.glob(pattern)
    )
    left = [page for page in pages if page != root_doc]
    written = ""
    for reader, names in [*NAVIGATION.items(), ("More", ["*"])]:
        entries = []
        for name in names:
            found = [page for page in left if Path(page).match(name)]
            left = [page for page in left if page not in found]
            entries += found
        if entries:
            lines = "\n".join(entries)
            written += f"\n\n```{{toctree}}\n:hidden:\n:caption: {reader}\n\n{lines}\n```\n"
    return written


def _add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    if page == root_doc:
        source[0] += write_navigation()


def setup(app: Sphinx) -> None:
    """Add the navigation to the first page.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build.
    """
    app.connect("source-read", _add_navigation)
