"""The documentation site can be built, links hold, and nothing of it comes from elsewhere."""

import re
import subprocess
import sys

import pytest
from documents import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "-q", "-E", "-W", "--keep-going"),
            *("-c", "docs/site", "-d", str(folder / "doctrees"), ".", str(folder / "html")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    # a link to a page, a heading or a picture that is not there is an error
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_is_in_the_navigation(site):
    navigation = (site / "README.html").read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/sources/*.md")):
        page = path.relative_to(ROOT).with_suffix(".html").as_posix()
        assert f'href="{page}"' in navigation or page == "README.html", page


def test_nothing_is_fetched_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        fetched = re.findall(
            r"<(?:script|img|iframe)[^>]*\bsrc=[\"']?((?:https?:)?//[^\"' >]+)", text
        )
        fetched += re.findall(r"<link[^>]*\bhref=[\"']?((?:https?:)?//[^\"' >]+)", text)
        assert not fetched, (page, fetched)
    for sheet in site.rglob("*.css"):
        assert not re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", sheet.read_text())


def test_the_first_page_can_be_opened_by_the_name_of_the_folder(site):
    assert "url=README.html" in (site / "index.html").read_text()
    assert (site / "README.html").exists()
