"""Columns of the customers file that are targets: declared by the mapping, or found."""

import json

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_personas.intake import IntakeError
from customer_personas.intake.check import check_files
from customer_personas.intake.formats.values import Column
from customer_personas.intake.landing import entity_query, land_files
from customer_personas.intake.mapping import load_mapping
from customer_personas.intake.needs import NeedMapping
from customer_personas.intake.outcomes import Outcome

HEADER = "customer_id,age,Churn,Plan Wish\n"


def write(folder, text, needs=None):
    (folder / "customers.csv").write_text(HEADER + text)
    if needs is not None:
        (folder / "mapping.yml").write_text(
            json.dumps({"entities": {"customers": {"needs": needs}}})
        )


def read(folder):
    with duckdb.connect() as session:
        query = entity_query(land_files(session, folder, "customers").readings, "customers")
        rows = session.execute(f"select attributes from ({query}) order by customer_id").fetchall()
    return [json.loads(attributes) for (attributes,) in rows]


def stopped(folder):
    with duckdb.connect() as session, pytest.raises(IntakeError) as error:
        land_files(session, folder, "customers")
    return str(error.value)


CHURN = {"target": "churn", "column": "Churn", "positive": "yes"}


def test_a_declared_column_is_a_need_and_no_attribute(tmp_path):
    wish = {"target": "wish", "column": "plan_wish"}
    write(tmp_path, "1,30,Yes,gold\n2,40,No,\n3,50,,Basic\n", [CHURN, wish])
    assert read(tmp_path) == [
        {"need:churn": "yes", "need:wish": "gold"},
        {"need:churn": "no", "need:wish": None},
        {"need:churn": None, "need:wish": "Basic"},
    ]


@pytest.mark.parametrize(
    ("positive", "values", "labels"),
    [
        ("1", ["1", "0", "1.0"], ["yes", "no", "yes"]),
        (["left", "Moved"], ["LEFT", "stays", "moved"], ["yes", "no", "yes"]),
        ("it's", ["it's", "is not", ""], ["yes", "no", None]),
        # what is no number is no 1
        ("1", ["1", "01x", "unknown"], ["yes", "no", "no"]),
    ],
)
def test_positive_makes_it_a_question_of_yes_or_no(tmp_path, positive, values, labels):
    lines = "".join(f"{n},30,{value},\n" for n, value in enumerate(values))
    write(tmp_path, lines, [CHURN | {"positive": positive}])
    assert [each["need:churn"] for each in read(tmp_path)] == labels


SESSION = duckdb.connect()


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4), st.text())
def test_whatever_is_asked_for_is_no_sql(positive, value):
    column = Column(SESSION, "customers.csv", "value", "value", "records", {})
    label = NeedMapping("churn", "value", positive).read(column).sql
    ((found,),) = SESSION.execute(f"select {label} from (select ? as value)", [value]).fetchall()
    asked = SESSION.execute("select lower(?) in (select lower(unnest(?)))", [value, positive])
    assert found in ("yes", "no")
    if [each for each in positive if each == each.strip()] == positive and asked.fetchall()[0][0]:
        assert found == "yes"


def test_a_column_that_may_be_canonical_is_a_need_where_the_mapping_says_so(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,region\n1,North\n2,South\n")
    (tmp_path / "mapping.yml").write_text(
        "entities: {customers: {needs: [{target: where, column: region}]}}"
    )
    assert read(tmp_path) == [{"need:where": "North"}, {"need:where": "South"}]


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        ([{"target": "churn"}], "each needs target: <its name> and column"),
        ([CHURN | {"target": "Will Churn"}], "target is 'Will Churn'; give a name of lower-case"),
        ([CHURN | {"target": "will_purchase"}], "other than will_purchase"),
        ([CHURN | {"positve": "1"}], "Did you mean positive?"),
        ([CHURN, CHURN | {"column": "Plan Wish"}], "churn stands there twice"),
        ([CHURN, CHURN | {"target": "left"}], "mapped twice in customers, to the target churn"),
        ([CHURN | {"column": "Churned"}], "the column Churned, which no file has"),
        ([CHURN | {"positive": "left"}], "no value of Churn is left, which positive asks for"),
    ],
)
def test_what_cannot_be_meant_is_named(tmp_path, needs, message):
    write(tmp_path, "1,30,Yes,gold\n2,40,No,\n", needs)
    assert message in stopped(tmp_path)


def test_needs_belong_under_customers(tmp_path):
    (tmp_path / "mapping.yml").write_text("needs: [{target: churn, column: Churn}]")
    with pytest.raises(IntakeError, match="It belongs under entities: customers"):
        load_mapping(tmp_path)


def test_a_file_without_the_answer_yes_is_no_problem_beside_one_with_it(tmp_path):
    write(tmp_path, "1,30,Yes,gold\n", [CHURN])
    (tmp_path / "customers_new.csv").write_text(HEADER + "2,30,No,gold\n")
    (tmp_path / "customers_other.csv").write_text("customer_id\n3\n")
    with duckdb.connect() as session:
        readings = land_files(session, tmp_path, "customers").readings
    assert len(readings) == 3


def proposed(folder):
    lines, _, problems = check_files(folder)
    assert not problems
    return [line.strip() for line in lines if line.strip().startswith("- {target:")]


def test_an_outcome_is_proposed_as_it_has_to_be_written(tmp_path):
    lines = "".join(f"{n},30,{'Yes' if n % 4 == 0 else 'No'},{'gold'}\n" for n in range(100))
    write(tmp_path, lines)
    (line,) = proposed(tmp_path)
    assert line == '- {target: churn, column: churn, positive: "Yes"}'
    (tmp_path / "mapping.yml").write_text(f"entities:\n  customers:\n    needs:\n      {line}\n")
    assert [each["need:churn"] for each in read(tmp_path)].count("yes") == 25
    assert proposed(tmp_path) == []


@pytest.mark.parametrize(
    ("header", "values", "positive"),
    [
        ("Exited", ["0", "1"], "1"),
        ("y", ["no", "yes"], "yes"),
        ("Response", ["1", "0"], "1"),
        ("is_churned", ["true", "false"], "true"),
        (
            "Attrition_Flag",
            ["Existing Customer", "Existing Customer", "Attrited Customer"],
            "Attrited Customer",
        ),
        ("converted", ["Y", "Y", "N"], "Y"),
        # the last column, whatever it is called
        ("Bought the caravan policy", ["0", "0", "1"], "1"),
    ],
)
def test_outcomes_of_the_textbooks_are_found(tmp_path, header, values, positive):
    lines = "".join(f"{n},{n % 7},{values[n % len(values)]}\n" for n in range(120))
    (tmp_path / "customers.csv").write_text(f"customer_id,visits,{header}\n{lines}")
    (line,) = proposed(tmp_path)
    assert f'positive: "{positive}"' in line


def test_features_are_not_taken_for_outcomes(tmp_path):
    lines = "".join(
        f"{n},{['yes', 'no'][n % 2]},{['a', 'b', 'c'][n % 3]},{n},{n % 5}\n" for n in range(200)
    )
    (tmp_path / "customers.csv").write_text(f"customer_id,partner,class,target,visits\n{lines}")
    assert proposed(tmp_path) == []


def test_of_more_than_two_values_none_is_asked_for():
    assert Outcome("plan", {"a": 5, "b": 4, "c": 3}).positive is None
    assert Outcome("plan", {"a": 5, "b": 4}).positive == "b"
