"""docs/textbook.md holds what is measured on the demo."""

import pytest
from conftest import ROOT

from benchmarks.textbook import DEMO_TRUTH, PAGE, compare
from benchmarks.textbook_page import write_company


@pytest.mark.slow
def test_the_page_holds_what_is_measured_on_the_demo(demo):
    assert PAGE.is_relative_to(ROOT / "docs")
    section = write_company(compare(demo.warehouse, "demo", DEMO_TRUTH))
    assert section in PAGE.read_text(encoding="utf-8"), "figures have changed: run make textbook"
