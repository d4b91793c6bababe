"""The same input and state give the same marts; state outlives the warehouse."""

import shutil

import pytest
from conftest import Company
from test_publishing import PUBLISHED


def fingerprints(company: Company) -> dict[str, tuple]:
    """Rows and a hash of each published table, whatever the order of its rows."""
    return {
        f"{schema}.{table}": company.query_published(
            f"select count(*), bit_xor(hash(rows)), sum(hash(rows) % 1000003) "
            f"from {schema}.{table} as rows"
        )[0]
        for schema, table in sorted(PUBLISHED)
    }


@pytest.fixture
def company(demo, tmp_path) -> Company:
    shutil.copytree(demo.folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Company(tmp_path, all_algorithms=True)


def test_the_same_input_and_state_give_the_same_marts(company):
    before = fingerprints(company)
    newest = (company.published.parent / "current").readlink().name
    # without the warehouse, and with one thread where the first build had two: neither must matter
    company.warehouse.unlink()
    company.build("--threads", "1", published_versions_kept=1)
    after = fingerprints(company)
    assert [table for table in before if after[table] != before[table]] == []
    # only the wanted versions are kept
    versions = {path.name for path in (company.published.parent / "versions").iterdir()}
    assert versions == {str(int(newest) + 1)}
