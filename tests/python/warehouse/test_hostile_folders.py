"""A project in a folder of any name is built as in any other."""

import pytest
from conftest import SMALL, Company
from test_small_companies import write_orders

from customer_personas.warehouse import versions

NAME = "Ann's [new] * {b} 50%20 für 東京"


@pytest.mark.slow
@pytest.mark.parametrize("is_absolute", [False, True], ids=["relative", "absolute"])
def test_a_folder_of_any_name_is_built_and_published(tmp_path, is_absolute):
    company = Company(tmp_path / NAME, SMALL | {"source_systems": {"files": ["order_lines"]}})
    if is_absolute:
        company.environment |= {
            "PERSONA_WAREHOUSE": str(company.warehouse),
            "PERSONA_STATE": str(company.state),
            "PERSONA_PUBLISH_DIR": str(company.published.parent),
            "PERSONA_LANDING_DIR": str(company.landing),
        }
    write_orders(company, customers=30, category="tea")
    company.build()
    assert company.query_published("select count(*) from marts.customers") == [(30,)]
    assert company.query_state("select count(*) > 0 from history.persona_builds") == [(True,)]
    assert versions.damages(versions.version_folder(company.published.parent, 1)) == []
