"""The canonical columns are told once; what dbt reads of them is generated."""

from pathlib import Path

from customer_personas.intake.entities import macro_text, staged_columns

MACRO = Path(__file__).parents[4] / "macros" / "staging" / "canonical_entities.sql"


def test_the_macro_is_the_generated_one():
    assert MACRO.read_text() == macro_text(), "run: python -m customer_personas.intake.entities"


def test_direct_identifiers_are_staged_as_hashes_only():
    staged = {column["name"]: column for column in staged_columns("customers")}
    assert not {"email", "phone", "full_name"} & set(staged)
    assert staged["email_hash"]["reads"] == "email"
    assert staged["full_name_hash"]["identifier"] == "name"


def test_free_text_and_further_fields_stay_in_staging():
    private = {
        (entity, column["name"])
        for entity in ("customers", "web_events", "feedback")
        for column in staged_columns(entity)
        if column.get("private")
    }
    assert private == {
        ("customers", "attributes"),
        ("web_events", "page_url"),
        ("feedback", "comment"),
    }
