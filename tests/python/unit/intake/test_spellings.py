"""An erased customer stays out under every spelling of the id that files may have."""

import duckdb
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_personas.intake import landing
from customer_personas.intake.expressions import KEY_NAMES
from customer_personas.intake.spellings import DECIMALS, PLAIN, VISITOR, WIDE, one_spelling
from customer_personas.warehouse.identifier_keys import keyed_hash, padded_keys

KEY = b"a key"
CONNECTION = duckdb.connect()


def wide(text: str) -> str:
    """Write a text in full-width letters and digits."""
    return text.translate({ord(each): ord(each) + 0xFEE0 for each in PLAIN})


ONE_ID = ["17850", "17850.0", "17850.00", " 17850 ", wide("17850"), wide("17850") + ".0"]


def spelt(text: str) -> str:
    ((found,),) = CONNECTION.execute(f"select {one_spelling('$1')}", [text]).fetchall()
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *[(each.strip(), "17850") for each in ONE_ID],
        ("files:17850.0", "files:17850"),
        ("Zoe\u0308", "Zo\u00eb"),
        (wide("KD12"), "KD12"),
        # other ids
        ("0017850", "0017850"),
        ("17850.5", "17850.5"),
        ("AB.0", "AB.0"),
        ("zoe", "zoe"),
    ],
)
def test_spellings_of_one_id_are_one(text, found):
    assert spelt(text) == found


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=12))
def test_a_spelling_is_its_own(text):
    assert spelt(spelt(text)) == spelt(text)


def test_models_have_the_same_spelling():
    macro = (ROOT / "macros" / "engine" / "one_spelling.sql").read_text()
    for part in (WIDE, PLAIN, DECIMALS):
        assert f"'{part}'" in macro


def read(folder, entity: str, person: str) -> dict[int, str | None]:
    """Read an entity where a person is erased; of each record whose it was, if erased."""
    with duckdb.connect() as session, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERSONA_LANDING_DIR", str(folder))
        for half, value in zip(("inner", "outer"), padded_keys(KEY), strict=True):
            session.execute(f"set variable {KEY_NAMES[0]}_{half} = ?", [value])
        session.execute("create table erasures as select ? as customer_hash", [person])
        records = landing.read_entity(session, entity, session.table("erasures"))
        return dict(records.project("record_number, erased_customer_hash").fetchall())


@pytest.mark.parametrize("others", [[], ["GUEST1"], ["12.5", "GUEST1"]], ids=str)
@pytest.mark.parametrize("spelling", ONE_ID)
def test_no_format_of_a_file_brings_the_erased_back(tmp_path, spelling, others):
    lines = [f"{each},rest" for each in (spelling, "17851.0", *others)]
    (tmp_path / "declared_needs.csv").write_text("\n".join(["customer_id,need", *lines]))
    person = keyed_hash("files:17850", KEY)
    erased = read(tmp_path, "declared_needs", person)
    assert [erased[number + 1] for number in range(len(lines))] == [
        person,
        *[None] * (len(lines) - 1),
    ]


def test_a_line_that_cannot_be_read_is_erased_with_whom_it_names(tmp_path):
    (tmp_path / "declared_needs.csv").write_text(
        "customer_id,need\n1,rest\n17850.0,rest,more\nZo\u00eb,rest,more\n2,fun\n"
    )
    erased = read(tmp_path, "declared_needs", keyed_hash("files:17850", KEY))
    assert [number for number, each in erased.items() if each] == [2]
    erased = read(tmp_path, "declared_needs", keyed_hash("files:Zo\u00eb", KEY))
    assert [number for number, each in erased.items() if each] == [3]


def test_visits_without_a_customer_are_erased_by_their_visitor(tmp_path):
    (tmp_path / "web_events.csv").write_text(
        "event_id,visitor_id,customer_id,occurred_at,event_type\n"
        "1,v1,,2025-01-01 10:00:00,page_view\n"
        "2,v1,c2,2025-01-01 10:00:00,page_view\n"
        "3,v2,,2025-01-01 10:00:00,page_view\n"
    )
    erased = read(tmp_path, "web_events", keyed_hash(f"files:{VISITOR}v1", KEY))
    # somebody else may use the same device
    assert [number for number, each in erased.items() if each] == [1]
