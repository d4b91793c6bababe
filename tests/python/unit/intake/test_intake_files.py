"""Landing files of every kind: found, received, matched to the canonical columns."""

import gzip
import json
import os
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customer_personas.intake import IntakeError
from customer_personas.intake.entities import ENTITIES, WITH_ATTRIBUTES
from customer_personas.intake.landing import entity_query, land_files, read_entity

NEEDS = "customer_id,need\n"


@pytest.fixture
def session():
    with duckdb.connect() as connection:
        yield connection


def rows(session, folder, entity="declared_needs", columns="customer_id, need") -> list[tuple]:
    query = entity_query(land_files(session, folder, entity).readings, entity)
    return session.execute(
        f"select {columns} from ({query}) order by source_file, record_number"
    ).fetchall()


def stopped(session, folder, entity="declared_needs") -> str:
    with pytest.raises(IntakeError) as error:
        land_files(session, folder, entity)
    return str(error.value)


@pytest.mark.parametrize("entity", ENTITIES)
def test_columns_and_types_are_those_of_the_entity(session, tmp_path, entity, monkeypatch):
    names = [column.name for column in ENTITIES[entity]]
    (tmp_path / f"{entity}.csv").write_text(",".join(names) + "\n")
    monkeypatch.setenv("PERSONA_LANDING_DIR", str(tmp_path))
    relation = read_entity(session, entity)
    types = {
        c: str(t).lower().replace(",", ", ")
        for c, t in zip(relation.columns, relation.types, strict=True)
    }
    for column in ENTITIES[entity]:
        assert types[column.name] == column.sql_type
    assert ("attributes" in types) == (entity in WITH_ATTRIBUTES)


def test_files_of_all_kinds_are_read_in_the_order_of_their_names(session, tmp_path):
    (tmp_path / "declared_needs_1.csv").write_text("customer_id;need\n007;rest\n")
    with gzip.open(tmp_path / "declared_needs_2.csv.gz", "wt") as lines:
        lines.write("customer_id,need,extra\n8,fun,x\n")
    session.execute(
        f"copy (select '9' as customer_id, date '2024-01-02' as declared_at, 'sun' as need) "
        f"to '{tmp_path}/declared_needs_3.parquet'"
    )
    (tmp_path / "declared_needs_4.jsonl").write_text('{"need": "snow", "customerId": 11}\n')
    (tmp_path / "declared_needs").mkdir()
    (tmp_path / "declared_needs" / "more.CSV").write_text("\ufeffCustomer ID,Need\n10,sea\n")
    assert rows(
        session, tmp_path, columns="source_file, customer_id, need, declared_at::varchar"
    ) == [
        ("declared_needs/more.CSV", "10", "sea", None),
        ("declared_needs_1.csv", "007", "rest", None),
        ("declared_needs_2.csv.gz", "8", "fun", None),
        ("declared_needs_3.parquet", "9", "sun", "2024-01-02 00:00:00"),
        ("declared_needs_4.jsonl", "11", "snow", None),
    ]


def test_bytes_of_a_parquet_file_are_text_or_refused(session, tmp_path):
    path = tmp_path / "declared_needs.parquet"
    needs = pa.array(["Zoë".encode(), None], pa.binary())
    pq.write_table(pa.table({"customer_id": ["1", "2"], "need": needs}), path)
    assert rows(session, tmp_path) == [("1", "Zoë"), ("2", None)]
    needs = pa.array([b"rest", b"Zo\xeb"], pa.binary())
    pq.write_table(pa.table({"customer_id": ["1", "2"], "need": needs}), path)
    assert "declared_needs.parquet, column need" in stopped(session, tmp_path)


NAMES = st.text("ab12[]*?{}!^-,'= ", min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(
    folder=st.text("ab[]*?{}!^-,'= ", min_size=1, max_size=6),
    names=st.lists(
        st.text("ab12[]*?{}!^-,'= ", min_size=1, max_size=6), min_size=2, max_size=5, unique=True
    ),
    suffix=st.sampled_from(["csv", "jsonl", "parquet"]),
)
@example(folder="shop[1]", names=["[1]", "1"], suffix="csv")
@example(folder="year=2024", names=["*", "a"], suffix="parquet")
def test_a_name_is_no_pattern(tmp_path_factory, folder, names, suffix):
    place = tmp_path_factory.mktemp("landing") / folder / "declared_needs"
    place.mkdir(parents=True)
    for number, name in enumerate(names):
        path = place / f"{name}.{suffix}"
        if suffix == "csv":
            path.write_text(f"customer_id,need\n{number},x\n")
        elif suffix == "jsonl":
            path.write_text(json.dumps({"customer_id": str(number), "need": "x"}) + "\n")
        else:
            pq.write_table(pa.table({"customer_id": [str(number)], "need": ["x"]}), path)
    with duckdb.connect() as session:
        landed = land_files(session, place.parent, "declared_needs")
        query = entity_query(landed.readings, "declared_needs")
        found = session.execute(f"select source_file, customer_id from ({query})").fetchall()
    assert sorted(found) == sorted(
        (f"declared_needs/{name}.{suffix}", str(number)) for number, name in enumerate(names)
    )
    assert all(list(each.file.columns) == ["customer_id", "need"] for each in landed.readings)


@pytest.mark.parametrize("name", [b"declared_needs_\xe9.csv", b"a\\b.csv", b"needs\n.csv"])
def test_a_name_that_cannot_be_opened_is_said(session, tmp_path, name):
    (tmp_path / os.fsdecode(name)).write_text(NEEDS)
    assert "Rename it" in stopped(session, tmp_path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(session, tmp_path, delimiter):
    text = 'customer_id,need\n1,"a;b|c,d"\n'.replace(",", delimiter, 1).replace(
        '1,"', f'1{delimiter}"'
    )
    (tmp_path / "declared_needs.csv").write_text(text)
    assert rows(session, tmp_path) == [("1", "a;b|c,d")]


def test_a_spreadsheets_first_line_is_a_setting(session, tmp_path):
    (tmp_path / "declared_needs.csv").write_text("sep=;\n\ncustomer_id;need\n1;rest,sun\n")
    assert rows(session, tmp_path) == [("1", "rest,sun")]


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "latin-1",
        "cp1252",
        "gb18030",
    ],
)
def test_encodings_are_found(session, tmp_path, encoding):
    needs = (
        ["旅游", "健康", "休息"] if encoding.startswith("gb") else ["Müßiggang", "Café", "España"]
    )
    text = NEEDS + "".join(f"c{n},{need}\n" for n, need in enumerate(needs))
    (tmp_path / "declared_needs.csv").write_bytes(text.encode(encoding))
    assert [need for _, need in rows(session, tmp_path)] == needs


def test_a_declared_encoding_is_taken(session, tmp_path):
    (tmp_path / "mapping.yml").write_text("settings: {encoding: latin-1}\n")
    (tmp_path / "declared_needs.csv").write_bytes((NEEDS + "1,þÿ\n").encode("latin-1"))
    assert rows(session, tmp_path) == [("1", "þÿ")]


def test_lines_of_utf8_in_a_file_of_windows_1252_are_read_as_such(session, tmp_path):
    lines = [f"{number},Müßiggang à la carte" for number in range(5)]
    content = "".join(f"{line}\r\n" for line in lines).encode("cp1252")
    content += "u,Müßiggang\n".encode() + "w,Café \x80".encode("latin-1")
    path = tmp_path / "declared_needs.csv"
    path.write_bytes(NEEDS.encode() + content)
    assert [need for _, need in rows(session, tmp_path)] == [
        *["Müßiggang à la carte"] * 5,
        "Müßiggang",
        "Café €",
    ]
    # what the mapping says is so for each line
    (tmp_path / "mapping.yml").write_text("settings: {encoding: cp1252}\n")
    assert rows(session, tmp_path)[5] == ("u", "MÃ¼ÃŸiggang")


def test_badly_encoded_lines_are_set_aside_and_the_others_stay(session, tmp_path):
    for encoding, need in [("utf-8", "Müßiggang"), ("gb18030", "休息")]:
        content = (NEEDS + f"1,{need}\n2,{need}\n3,{need}\n").encode(encoding) + b"4,\xff\xff\n"
        (tmp_path / "declared_needs.csv").write_bytes(content + b"5,rest\n")
        found = rows(session, tmp_path, columns="record_number, need, read_error is not null")
        assert found == [
            (1, need, False),
            (2, need, False),
            (3, need, False),
            (4, None, True),
            (5, "rest", False),
        ]


def test_a_stray_quote_costs_its_own_line_only(session, tmp_path):
    (tmp_path / "declared_needs.csv").write_text(
        NEEDS + '1,rest\n2,"sun\n3,"a ""b"" c"\n4,"over\ntwo lines"\n5,cut "off\n6,"six"x\n7,fun\n'
    )
    assert rows(session, tmp_path, columns="record_number, need, unreadable_line") == [
        (1, "rest", None),
        (2, None, '2,"sun'),
        (3, 'a "b" c', None),
        (4, "over\ntwo lines", None),
        (5, 'cut "off', None),
        (6, None, '6,"six"x'),
        (7, "fun", None),
    ]


def test_no_line_is_lost_between_a_stray_quote_and_a_later_one(session, tmp_path):
    # the engine tells another line here, one without a quote
    lines = [',,"\x80"', ",,", 'x,"y,z', "v0", ',"0,","00,"']
    (tmp_path / "declared_needs.csv").write_text("\n".join(["customer_id,need,at", *lines]) + "\n")
    found = rows(session, tmp_path, columns="record_number, unreadable_line")
    assert found == [(1, None), (2, None), (3, 'x,"y,z'), (4, "v0"), (5, None)]


def test_line_ends_may_be_mixed(session, tmp_path):
    (tmp_path / "declared_needs.csv").write_bytes(b"customer_id,need\r\n1,a\n2,b\r3,c\r\n\n4,d")
    assert rows(session, tmp_path) == [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")]


def test_ragged_lines_are_kept_with_their_place(session, tmp_path):
    (tmp_path / "declared_needs.csv").write_text(NEEDS + "1,a\n2\n3,c\n4,d,e\n5,f,\n")
    assert rows(session, tmp_path, columns="record_number, need, unreadable_line") == [
        (1, "a", None),
        (2, None, "2"),
        (3, "c", None),
        (4, None, "4,d,e"),
        (5, "f", None),
    ]


def test_differing_columns_are_united(session, tmp_path):
    (tmp_path / "customers_1.csv").write_text("customer_id,Plan\n1,gold\n")
    (tmp_path / "customers_2.csv").write_text("CUSTOMER-ID,e-mail,heightCm\n2,a@example.org,1.80\n")
    found = rows(session, tmp_path, "customers", "customer_id, email, attributes")
    assert found == [
        ("1", None, '{"plan":"gold"}'),
        ("2", "a@example.org", '{"height_cm":"1.80"}'),
    ]


def test_further_columns_are_brought_to_one_form(session, tmp_path):
    (tmp_path / "customers.csv").write_text(
        "customer_id;size;since;spent;name_day\n"
        "1;1,80;31.12.2024;€ 1.200,50;x\n2;1,75;01.02.2023;3;y\n"
    )
    found = rows(session, tmp_path, "customers", "attributes")
    assert [json.loads(text) for (text,) in found] == [
        {"size": "1.8", "since": "2024-12-31", "spent": "1200.5", "name_day": "x"},
        {"size": "1.75", "since": "2023-02-01", "spent": "3.0", "name_day": "y"},
    ]


def test_order_lines_without_order_ids_are_orders_of_a_day(session, tmp_path):
    (tmp_path / "order_lines.csv").write_text(
        "customer_id,order_date,unit_price\n"
        "7,2024-03-05 10:00,5\n7,2024-03-05 11:00,6\n8,2024-03-05,7\n"
    )
    found = rows(session, tmp_path, "order_lines", "order_id, quantity::int")
    assert found == [("7:2024-03-05", 1), ("7:2024-03-05", 1), ("8:2024-03-05", 1)]


def test_equal_records_have_equal_fingerprints_in_any_file(session, tmp_path):
    (tmp_path / "declared_needs_1.csv").write_text("customer_id;need\n1;rest\n2;rest\n")
    (tmp_path / "declared_needs_2.csv").write_text("Customer ID,Need,note\n1,rest,\n1,rest,x\n")
    ((a,), (b,), (c,), (d,)) = rows(session, tmp_path, columns="record_hash")
    assert a == c
    assert len({a, b, d}) == 3


MAPPING = """
settings:
  date_order: day_first
  missing_values: ["?"]
entities:
  order_lines:
    files: ["sales*.csv"]
    columns:
      order_id: Beleg
      customer_id: "Kunden-Nr."
      ordered_at: {expression: "concat(Tag, ' ', Uhrzeit)"}
      unit_price: {expression: "(Betrag - Rabatt) / Menge"}
      quantity: Menge
      currency: {value: EUR}
      order_status: {expression: "case when Art = 'S' then 'returned' else 'completed' end"}
"""


def test_the_mapping_says_where_columns_and_units_go(session, tmp_path):
    (tmp_path / "mapping.yml").write_text(MAPPING)
    (tmp_path / "sales_may.csv").write_text(
        "Beleg;Kunden-Nr.;Tag;Uhrzeit;Betrag;Rabatt;Menge;Art\n"
        "1;007;03.04.2024;10:30;12,50;2,50;4;V\n"
        "2;?;03.04.2024;;zwölf;0,00;1;S\n"
    )
    columns = (
        "order_id, customer_id, ordered_at::varchar, unit_price::double, currency, order_status, "
        "unreadable_columns"
    )
    assert rows(session, tmp_path, "order_lines", columns) == [
        ("1", "007", "2024-04-03 10:30:00", 2.5, "EUR", "completed", None),
        ("2", None, "2024-04-03 00:00:00", None, "EUR", "returned", "unit_price"),
    ]


def test_files_of_one_entity_may_have_formats_and_names_of_their_own(session, tmp_path):
    (tmp_path / "mapping.yml").write_text(
        """
        entities:
          customers:
            - files: ["de/*.csv"]
              settings: {date_order: day_first}
              columns: {customer_id: Kundennr}
            - files: ["us/*.csv"]
              settings: {date_order: month_first}
              columns: {customer_id: Account, country: {value: NO}}
        """
    )
    for name, content in {
        "de/a.csv": "Kundennr;birth_date\n1;03.04.1990\n",
        "us/b.csv": "Account,birth_date\n2,03/04/1990\n",
        "customers.csv": "customer_id,birth_date\n3,1990-04-03\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert rows(session, tmp_path, "customers", "customer_id, birth_date::varchar, country") == [
        ("3", "1990-04-03", None),
        ("1", "1990-04-03", None),
        ("2", "1990-03-04", "NO"),
    ]


def test_names_of_letters_with_marks_need_no_quotes(session, tmp_path):
    (tmp_path / "mapping.yml").write_text(
        """
        entities:
          order_lines:
            files: ["ब*.csv"]
            columns:
              customer_id: {expression: "'ग्राहक-' || ग्राहक"}
              ordered_at: दिनांक
              quantity: मात्रा
              unit_price: {expression: "(मूल्य-छूट)/मात्रा"}
        """
    )
    (tmp_path / "बिल.csv").write_text("ग्राहक,दिनांक,मात्रा,मूल्य,छूट\n7,2024-01-02,2,10,1\n")
    assert rows(session, tmp_path, "order_lines", "customer_id, unit_price::double") == [
        ("ग्राहक-7", 4.5)
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("case when quantity != 0 then total / quantity end", [1.125, 15.5]),
        ("case when kind = 'R' then -total else total end", [9.0, -31.0]),
        ("coalesce(total * 1, pieces)", [9.0, 31.0]),
        ("nullif(total, 31)", [9.0, None]),
        ("case when pieces in (1, 8) then 1 else 2 end", [1.0, 2.0]),
        ("round(total / 7, 2)", [1.29, 4.43]),
        ("replace(price, 'ca. ', '')", [7.5, 8.5]),
    ],
)
def test_what_is_computed_is_not_read_again(session, tmp_path, expression, expected):
    (tmp_path / "mapping.yml").write_text(
        "entities:\n  order_lines:\n    settings: {decimal_mark: comma}\n    columns:\n"
        f'      unit_price: {{expression: "{expression}"}}\n'
    )
    (tmp_path / "order_lines.csv").write_text(
        "customer_id;ordered_at;quantity;total;kind;price;pieces\n"
        "1;2024-01-01;8;9,00;V;ca. 7,5;8\n2;2024-01-01;2;31,00;R;8,5;3\n"
    )
    assert rows(session, tmp_path, "order_lines", "unit_price::double") == [(v,) for v in expected]


def test_an_expression_that_cannot_be_computed_is_named(session, tmp_path):
    (tmp_path / "mapping.yml").write_text(
        "entities: {declared_needs: {columns: {need: {expression: 'left(wish, wish)'}}}}"
    )
    (tmp_path / "declared_needs.csv").write_text("customer_id,wish\n1,rest\n")
    assert "the expression 'left(wish, wish)' of need cannot be computed" in (
        stopped(session, tmp_path)
    )


def test_an_unknown_encoding_is_asked_for(session, tmp_path):
    content = (NEEDS + "1,отдых\n2,здоровье\n").encode("cp1251")
    (tmp_path / "declared_needs.csv").write_bytes(content)
    assert "encoding: cp1251" in stopped(session, tmp_path)
    (tmp_path / "mapping.yml").write_text("settings: {encoding: cp1251}")
    assert rows(session, tmp_path) == [("1", "отдых"), ("2", "здоровье")]


def test_dates_of_parquet_need_no_format(session, tmp_path):
    (tmp_path / "mapping.yml").write_text('settings: {date_format: "%d.%m.%Y"}')
    session.execute(
        "copy (select 1 as customer_id, 'sun' as need, date '2024-01-02' as declared_at) "
        f"to '{tmp_path}/declared_needs_1.parquet'"
    )
    (tmp_path / "declared_needs_2.csv").write_text("customer_id,need,declared_at\n2,a,02.01.2024\n")
    found = rows(session, tmp_path, columns="declared_at::date::varchar")
    assert found == [("2024-01-02",), ("2024-01-02",)]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("a: [", "cannot be read"),
        ("settings: {date_oder: day_first}", "Did you mean date_order"),
        ("settings: {date_order: us}", "one of day_first, month_first"),
        ("settings: {time_zone: Europe/Berlinn}", "which is no time zone"),
        ('settings: {date_format: "%d.%Q"}', "which is no format of dates"),
        ('settings: {delimiter: "::"}', "neither one character nor"),
        ("settings: {encoding: klingon}", "which is none"),
        ("settings: {date_format: [a]}", "give one text"),
        ("? [a]\n: b\n", "expected a name with a value"),
        ("entities: {declared_needs: {files: ['wishes*.csv']}}", "no file fits wishes*.csv"),
        ("entities: {declared_needs: {ignore: [wihs]}}", "wihs, which no file has"),
        ("entities: {declared_needs: [{files: [a.csv]}, {}]}", "needs files"),
        ("entities: {custmers: {}}", "Did you mean customers"),
        ("entities: {declared_needs: {columns: {ned: x}}}", "Did you mean need"),
        (
            "entities:\n  declared_needs:\n    columns:\n      need: a\n      need: b\n",
            "line 5: need stands there twice",
        ),
        ("entities: {declared_needs: {columns: {need: Wish, customer_id: wish}}}", "mapped twice"),
        ("entities: {declared_needs: {columns: {need: Wunsch}}}", "Wunsch, which no file has"),
        ("entities: {declared_needs: {columns: {declared_at: wish}}}", None),
        (
            "entities: {declared_needs: {columns: {need: {expression: 'wish wish wish'}}}}",
            "cannot be understood",
        ),
        (
            "entities: {declared_needs: {columns: {need: {expression: 'nowhere'}}}}",
            "which declared_needs.csv lacks",
        ),
        (
            "entities: {declared_needs: {columns: {need: {expression: \"read_text('/x')\"}}}}",
            "not possible there",
        ),
        (
            "entities: {declared_needs: {columns: {need: {expression: '(select 1)'}}}}",
            "not possible there",
        ),
        ("entities: {declared_needs: {columns: {need: {column: wish, value: x}}}}", "give one of"),
        ("entities: {declared_needs: {columns: [need]}}", "expected names with values"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_explained(session, tmp_path, mapping, message):
    (tmp_path / "mapping.yml").write_text(mapping)
    (tmp_path / "declared_needs.csv").write_text("customer_id,need,wish\n1,rest,fun\n")
    if message is None:
        rows(session, tmp_path)
        return
    text = stopped(session, tmp_path)
    assert "mapping.yml" in text
    assert message in text


def test_another_name_of_the_mapping_is_noticed(session, tmp_path):
    (tmp_path / "mapping.yaml").write_text("settings: {}")
    (tmp_path / "declared_needs.csv").write_text(NEEDS)
    assert "Rename it to mapping.yml" in stopped(session, tmp_path)


def test_a_column_that_is_there_twice_is_named(session, tmp_path):
    (tmp_path / "mapping.yml").write_text("entities: {declared_needs: {columns: {need: wish}}}")
    (tmp_path / "declared_needs.csv").write_text("customer_id,need,wish\n1,rest,fun\n")
    assert "need is there twice, as the column need and, by mapping.yml, as the column wish" in (
        stopped(session, tmp_path)
    )
    (tmp_path / "mapping.yml").write_text(
        "entities: {declared_needs: {columns: {need: wish}, ignore: [need]}}"
    )
    assert rows(session, tmp_path) == [("1", "fun")]


@pytest.mark.parametrize(
    ("name", "content", "messages"),
    [
        ("declared_needs.csv", b"", ["declared_needs.csv is empty"]),
        ("declared_needs.csv", b"\n \n", ["declared_needs.csv is empty"]),
        ("declared_needs.csv", b"customer_id,note\n", ["lacks the column need", "need: "]),
        ("declared_needs.csv", b"customer_id,Needs\n", ["need: needs"]),
        ("declared_needs.csv", b"customer_id,need,Need\n", ["column need more than once"]),
        ("declared_needs.parquet", b"no parquet", ["declared_needs.parquet cannot be read"]),
        ("declared_needs.csv.gz", b"no gzip", ["declared_needs.csv.gz cannot be read"]),
        (
            "declared_needs.csv.gz",
            # always the same bytes: they name the test, and every worker has to name it alike
            gzip.compress(NEEDS.encode() + Random(1).randbytes(9000).hex().encode(), mtime=0)[
                :4000
            ],
            ["declared_needs.csv.gz cannot be read"],
        ),
        ("declared_needs.json", b'[{"customer_id": 1}]', ["lacks the column need"]),
        ("declared_needs.json", b'[{"customer_id": 1}', ["line 1", "ends within a list"]),
        ("declared_needs.json", b"[" * 100_000, ["line 1", "nested deeper"]),
        ("declared_needs.json", b"[]", ["declared_needs.json is empty"]),
        ("declared_needs.jsonl", b"\n", ["declared_needs.jsonl is empty"]),
        ("needs.csv", b"customer_id,need\n", ["No file of the entity declared_needs", "needs.csv"]),
    ],
)
def test_a_file_that_cannot_be_read_is_named(session, tmp_path, name, content, messages):
    (tmp_path / name).write_bytes(content)
    text = stopped(session, tmp_path)
    assert all(message in text for message in messages), text


def test_a_folder_in_place_of_a_file_is_named(session, tmp_path):
    (tmp_path / "declared_needs.csv").mkdir()
    assert "declared_needs.csv" in stopped(session, tmp_path)
    assert "is a folder with the name of a file" in stopped(session, tmp_path)


def test_a_missing_landing_folder_is_named(session, tmp_path):
    assert "does not exist" in stopped(session, tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    assert "is a file, not a folder" in stopped(session, tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_without_permission_are_named(session, tmp_path):
    (tmp_path / "declared_needs.csv").write_text(NEEDS)
    (tmp_path / "declared_needs.csv").chmod(0)
    assert "You may not read the file declared_needs.csv" in stopped(session, tmp_path)


def test_the_problems_of_all_files_are_told_at_once(session, tmp_path):
    (tmp_path / "declared_needs_1.csv").write_text("")
    (tmp_path / "declared_needs_2.csv").write_text("customer_id\n1\n")
    assert len(stopped(session, tmp_path).splitlines()) == 2


def test_columns_may_have_the_names_of_the_intakes_own(session, tmp_path):
    names = "position,source_file,record_number,received,lines_before,values,customer_id"
    (tmp_path / "customers.csv").write_text(f"{names}\n9,a,b,c,d,e,7\nragged\n9,a,b,c,d,e,8\n")
    found = rows(session, tmp_path, "customers", "source_file, record_number, customer_id")
    assert found == [
        ("customers.csv", 1, "7"),
        ("customers.csv", 2, None),
        ("customers.csv", 3, "8"),
    ]


def test_an_empty_table_is_a_table(session, tmp_path):
    (tmp_path / "declared_needs.csv").write_text(NEEDS)
    assert rows(session, tmp_path) == []


@pytest.mark.parametrize(
    ("discounts", "read"),
    [
        (["-10.00", "", "0"], [10, None, 0]),
        (["-1,50 €", "-2,00 €", "0,00 €"], [1.5, 2, 0]),
        # a sign that not all have is no habit of the program
        (["-10.00", "5.00", "0"], [-10, 5, 0]),
    ],
)
@pytest.mark.parametrize("column", ["discount_amount", "order_discount_amount"])
def test_discounts_below_zero_are_discounts(session, tmp_path, column, discounts, read):
    lines = [f'{number},2024-01-02,20,"{text}"' for number, text in enumerate(discounts)]
    header = f"customer_id,ordered_at,unit_price,{column}\n"
    (tmp_path / "order_lines.csv").write_text(header + "\n".join(lines) + "\n")
    found = rows(session, tmp_path, "order_lines", column)
    assert [value if value is None else float(value) for (value,) in found] == read
