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
    # one thread here, two in the first build: the order of the work must not matter
    company.build("--threads", "1")
    assert contents(company) == before
    newest = (company.published.parent / "current").readlink().name

    # deleting the warehouse changes nothing either; and only the wanted versions are kept
    company.warehouse.unlink()
    company.build(published_versions_kept=2)
    assert contents(company) == before
    versions = {path.name for path in (company.published.parent / "versions").iterdir()}
    assert versions == {newest, str(int(newest) + 1)}
