"""The same input and state give the same marts; state outlives the warehouse."""

import shutil

import pytest
from conftest import Company
from test_publishing import PUBLISHED


def contents(company: Company) -> dict:
    return {
        (schema, table): sorted(
            company.query_published(f"from {schema}.{table}"), key=lambda row: str(row)
        )
        for schema, table in PUBLISHED
    }


@pytest.fixture
def company(demo, tmp_path) -> Company:
    shutil.copytree(demo.folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Company(tmp_path)


def test_the_same_input_and_state_give_the_same_marts(company):
    before = contents(company)
    newest = (company.published.parent / "current").readlink().name
    # without the warehouse, and with one thread where the first build had two: neither must matter
    company.warehouse.unlink()
    company.build("--threads", "1", published_versions_kept=1)
    assert contents(company) == before
    # only the wanted versions are kept
    versions = {path.name for path in (company.published.parent / "versions").iterdir()}
    assert versions == {str(int(newest) + 1)}
