"""What is written for DuckDB, said in Spark SQL."""

import re

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from customer_personas.spark.patterns import TranslationError, portable_pattern
from customer_personas.spark.statements import TEXT
from customer_personas.spark.translation import translate

# Signs that engines class differently: other blanks, other digits, letters beyond ASCII, line ends.
SIGNS = "aZ9 _\t\n\r\x0b\u00a0\u2003\u0663é.]-[^&$"
PATTERNS = (
    r"\s+",
    r"\S",
    r"^\d+$",
    r"[\d\s]",
    r"[^\w]",
    r"\W",
    r"[[:space:]]",
    r"[[:alpha:]_]+[[:digit:]]",
    r"[^[:punct:]]",
    r"[]a]",
    r"[^]a]",
    r"[a&&9]",
    r"[[a]",
    r"a.9",
    r"a$",
    r"\.\[",
    r"(?:\s|[.])\]",
)


@given(st.sampled_from(PATTERNS), st.text(SIGNS, max_size=6))
def test_a_pattern_finds_the_same_in_an_engine_that_thinks_otherwise(pattern, text):
    """Python takes the names of classes for all of Unicode, as Rust's engine does."""
    ((expected,),) = duckdb.execute("select regexp_matches($1, $2)", [text, pattern]).fetchall()
    # Python's name for the end of a text is another one
    written = portable_pattern(pattern).replace(r"\z", r"\Z")
    assert bool(re.search(written, text)) is expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # a decimal divided there is a decimal, and rounded
        ("amount / nullif(n, 0)", "CAST(amount AS DOUBLE) / CAST(NULLIF(n, 0) AS DOUBLE)"),
        ("error('no')", "RAISE_ERROR('no')"),
        ("strlen(t)", "OCTET_LENGTH(t)"),
        ("list_bool_or(l)", "ARRAY_MAX(l)"),
        ("date_diff('day', a, b)", "DATEDIFF(CAST(b AS DATE), CAST(a AS DATE))"),
        ("extract(isodow from a)", "((DAYOFWEEK(a) + 5) % 7 + 1)"),
        ("to_months(2)", "MAKE_YM_INTERVAL(0, 2)"),
        ("regexp_replace(t, '^x(.)', '\\1$', 'g')", r"REGEXP_REPLACE(t, '^x([^\\n])', '$1\\$')"),
        ("regexp_matches(t, 'a', 'i')", "t RLIKE '(?i)a'"),
        ("string_split(t, '.')", r"SPLIT(t, '\\.')"),
        ("getvariable('key')", "SESSION_VALUE('key')"),
        ("chr(12288)", "'\u3000'"),
        ("avg(n)", "AVG(CAST(n AS DOUBLE))"),
        ("count(*)::int", "CAST(COUNT(*) AS INT)"),
        ("1 in (1, 2)", "1 IN (1, 2)"),
    ],
)
def test_an_expression_is_said_in_the_words_of_spark(sql, expected):
    assert translate(f"select {sql} as found").startswith(f"SELECT {expected}")


def test_columns_of_a_pivot_are_what_the_rows_name():
    asked = []

    def run(query):
        asked.append(query)
        return ["b", "it's"]

    written = translate("pivot facts on name using max(value) group by customer_id", run)
    assert asked == ["SELECT DISTINCT name FROM facts WHERE NOT name IS NULL"]
    assert "MAX(CASE WHEN name = 'it\\'s' THEN value END) AS `it's`" in written
    assert written.endswith("FROM facts GROUP BY customer_id")


def test_what_goes_through_parts_of_a_text_is_computed_by_duckdb():
    """The expression that is handed back says of a text what the statement would."""
    sql = "coalesce(list_bool_or(list_transform(string_split({}, ' '), lambda x: x = 'b')), false)"
    handed = []

    def name_function(expression):
        handed.append(expression)
        return "in_duckdb_1", "BOOLEAN"

    written = translate(f"select {sql.format('note')} from t", None, None, name_function)
    assert written == "SELECT TRY_CAST(IN_DUCKDB_1(note) AS BOOLEAN) FROM t"
    over = f"from (values ('a b'), ('c'), (null)) as texts({TEXT})"
    assert duckdb.sql(f"select {handed[0]} {over}").fetchall() == [(True,), (False,), (False,)]


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("try_cast({} as date)", "DATE"),
        ("upper({})", "VARCHAR"),
        ("try_cast({} as int) + 1", "INT"),
    ],
)
def test_a_text_is_read_by_duckdb(sql, kind):
    """Engines differ in what they read as a number or a date, and in capital letters."""
    handed = []

    def name_function(expression):
        handed.append(expression)
        return "in_duckdb_1", kind

    written = translate(f"select {sql.format('t')} as v from r", None, None, name_function)
    value = "IN_DUCKDB_1(t)" if kind == "VARCHAR" else f"TRY_CAST(IN_DUCKDB_1(t) AS {kind})"
    assert written == f"SELECT {value} AS v FROM r"
    assert len(handed) == 1


def test_what_the_session_knows_stays_out_of_what_is_handed_over():
    """A worker's DuckDB has no session variables."""
    handed = []

    def name_function(expression):
        handed.append(expression)
        return "in_duckdb_1", "VARCHAR"

    translate("select concat_ws('', getvariable('k'), upper(t))", None, None, name_function)
    assert handed == [f"UPPER({TEXT})"]


def test_tables_are_called_as_spark_knows_them():
    written = translate(
        'select orders.a from "w"."sales"."orders"', None, lambda table: f"{table.db}__{table.name}"
    )
    assert written == "SELECT orders.a FROM sales__orders AS orders"


def test_a_column_in_having_is_that_of_the_rows():
    """Spark takes it for what is selected by that name, DuckDB does not."""
    written = translate("select k, max(n) + 1 as n from t group by k having max(n) > 0")
    assert written.endswith("HAVING MAX(t.n) > 0")


def test_what_is_unnested_within_an_expression_is_unnested_beside_the_rows():
    written = translate("select k, cast(unnest(l) as date) as d from t")
    assert written == (
        "SELECT k, CAST(unnested_1 AS DATE) AS d FROM t "
        "LATERAL VIEW EXPLODE(l) unnested_1_rows AS unnested_1"
    )


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select regexp_replace(t, 'a', 'b')", "give the modifier g"),
        ("select regexp_replace(t, '^a|b', '')", "give the modifier g"),
        ("select date_diff('week', a, b)", "Only days, months and seconds"),
        ("select unnest(a), unnest(b) from t", "one list in a select"),
        ("select substring(t, 0, 2)", "has the place 1"),
        ("select chr(n)", "a number that is written"),
        ("select quantile_cont(n, 0.5)", "agree on it is not known.*engine"),
        ("select format('{:.2f}', n)", "agree on it is not known"),
        ("select dayofweek(d)", "agree on it is not known"),
        ("select list(n order by n)", "agree on it is not known"),
        ("select strftime(d, '%Y')", "agree on it is not known"),
        ("pivot t on n using max(v) group by k", "needs a query"),
        ("select from where", "no SQL of DuckDB"),
        (r"select regexp_matches(t, '[\S]')", "within brackets"),
    ],
)
def test_what_spark_would_do_otherwise_is_refused(sql, words):
    with pytest.raises(TranslationError, match=words):
        translate(sql)


@given(st.text(SIGNS, max_size=8))
def test_a_literal_stays_what_it_is(text):
    written = translate(f"select {sqlglot.exp.Literal.string(text).sql('duckdb')} as t")
    (literal,) = sqlglot.parse_one(written, dialect="spark").selects
    assert literal.this.name == text
