"""The same input and state give the same marts; state outlives the warehouse."""

import pytest
from conftest import published_contents


# test_killed_builds.py does it with a small company and one algorithm
@pytest.mark.slow
def test_the_same_input_and_state_give_the_same_marts(demo, tmp_path):
    company = demo.copy_to(tmp_path)
    before = published_contents(company)
    newest = (company.published.parent / "current").readlink().name
    # without the warehouse, and with one thread where the first build had two: neither must matter
    company.warehouse.unlink()
    company.build("--threads", "1", published_versions_kept=1)
    after = published_contents(company)
    assert [table for table in before if after[table] != before[table]] == []
    # only the wanted versions are kept
    versions = {path.name for path in (company.published.parent / "versions").iterdir()}
    assert versions == {str(int(newest) + 1)}
