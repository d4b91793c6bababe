"""Names in vars that nothing has are told, with the nearest ones; those that are there are not."""

from pathlib import Path

import duckdb
import pytest
from rendered import render

TEST = Path(__file__).parents[4] / "tests" / "features" / "assert_vars_name_what_is_there.sql"


@pytest.fixture
def warnings_of():
    with duckdb.connect() as session:
        session.execute(
            "create table feature_catalog as "
            "select unnest(['age_years', 'gender', 'tenure_days', 'attribute_hobby']) "
            "as feature_name; "
            "create table attribute_catalog as select 'hobby' as attribute; "
            # the second came without a value
            "create table int_source_formats as select 'customers' as entity, "
            "unnest(['Hobby', 'tier']) as column_name, 'attribute: text' as read_as"
        )

        def ask(**given):
            settings = {"confirmed_features": [], "in_personas": {}, "published_attributes": []}
            sql = render(TEST.read_text(encoding="utf-8"), **(settings | given))
            return sorted(text for (text,) in session.execute(sql).fetchall())

        yield ask


def test_what_is_there_is_not_told(warnings_of):
    assert not warnings_of(
        confirmed_features=["age_years", "attribute_hobby", "attribute_tier"],
        in_personas={"gender": False},
        published_attributes=["hobby", "tier"],
    )


def test_what_is_not_there_is_told_with_the_nearest(warnings_of):
    assert warnings_of(
        confirmed_features=["tenure_day", "gender"],
        in_personas={"gendr": False},
        # the column, not its feature
        published_attributes=["attribute_hobby", "it's"],
    ) == [
        "The var confirmed_features names tenure_day, which is no feature; it does nothing. "
        "Nearest: tenure_days, gender, age_years.",
        "The var in_personas names gendr, which is no feature; it does nothing. "
        "Nearest: gender, age_years, tenure_days.",
        "The var published_attributes names attribute_hobby, which is no further column of the "
        "customers file; it does nothing. Nearest: tier, hobby.",
        "The var published_attributes names it's, which is no further column of the "
        "customers file; it does nothing. Nearest: tier, hobby.",
    ]
