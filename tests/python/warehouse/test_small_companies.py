"""Companies with hardly any records, and settings that cannot be met."""

import csv
import hmac
import re

import pytest
from conftest import SMALL, Company
from planted import ENTITIES

from customer_personas.simulate import simulate


def slow(*values):
    return pytest.param(*values, marks=pytest.mark.slow)


def company_with(folder, entities, **variables) -> Company:
    return Company(folder, SMALL | {"source_systems": {"files": entities}} | variables)


def write_orders(
    company: Company, customers: int, category: str, orders_each: int = 3, price: int = 10
) -> None:
    with (company.landing / "order_lines.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(
            [
                "order_id",
                "customer_id",
                "ordered_at",
                "product_id",
                "product_category",
                "quantity",
                "unit_price",
            ]
        )
        for customer in range(customers):
            for order in range(orders_each):
                day = f"2024-{1 + (customer + 3 * order) % 12:02}-{1 + customer % 28:02}"
                writer.writerow(
                    [
                        f"O{customer}-{order}",
                        f"C{customer:03}",
                        day,
                        "P1",
                        category,
                        7,
                        price + order,
                    ]
                )


@pytest.mark.slow
def test_ten_customers_give_a_smaller_result(tmp_path):
    company = company_with(tmp_path, ENTITIES)
    simulate(10, tmp_path / "landing", "parquet", 3, tmp_path / "truth")
    company.run_all()
    ((customers,),) = company.query("select count(*) from marts.customers")
    assert customers >= 10
    personas = company.query("select persona_name, customer_count from marts.personas")
    assert [count for _, count in personas] == [sum(count for _, count in personas)]
    assert company.query("select persona_kind from marts.personas") == [("everybody",)]
    ((status,),) = company.query("select champion_status from marts.personas")
    assert "Stands in for personas" in status
    # dbt tells that one row was found; the end of the run tells which
    said = company.dbt("test", "--select", "assert_personas_are_no_stand_in").stdout
    assert "Warning of assert_personas_are_no_stand_in: everybody, Fitted as of " in said
    reasons = company.query("select target, reason from ml.target_fits where algorithm = 'none'")
    assert all(reason for _, reason in reasons)


@pytest.mark.slow
def test_a_single_product_category_has_no_next_need_to_learn(tmp_path):
    company = company_with(tmp_path, ["order_lines"])
    # in dong: a line comes to nine digits
    write_orders(company, customers=120, category="tea", price=25_000_000)
    company.run("+model_evaluations", "+customers", "+personas")
    assert company.query("select distinct monetary_value from marts.customers") == [
        (7 * (3 * 25_000_000 + 3),)
    ]
    ((reason, metric, value),) = company.query(
        "select reason, metric, metric_value from marts.model_evaluations "
        "where target = 'next_need' and evaluation_split = 'none'"
    )
    assert "tea" in reason
    assert (metric, value) == ("none", None)
    assert company.query("select count(next_need) from marts.customers") == [(0,)]
    assert company.query("select count(*) from marts.personas") != [(0,)]


@pytest.mark.slow  # the parts: encodings, personas of profiles, declared needs, in the unit tests
def test_a_customers_file_gives_profile_personas_and_a_trained_need(tmp_path):
    company = company_with(
        tmp_path,
        ["customers"],
        published_attributes=["hobby"],
        # each of them tells the need without fail
        confirmed_features=["age_years", "annual_income", "attribute_hobby"],
    )
    with (company.landing / "customers.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(
            ["Customer ID", "Age", "Gender", "Income", "Hobby", "Member since", "Has car", "Need"]
        )
        for number in range(600):
            young = number % 2
            writer.writerow(
                [
                    f"{number:05}",
                    25 + number % 7 if young else 60 + number % 9,
                    ["Female", "male", "MALE"][number % 3],
                    f"${30_000 + 100 * (number % 50) + 50_000 * (1 - young):,}",
                    ["games", "Garden", "garden"][0 if young else 1 + number % 3 % 2],
                    f"{1 + number % 28:02}.{1 + number % 12:02}.{2015 + number % 9}",
                    ["yes", "no"][number % 5 % 2],
                    "" if number % 10 == 0 else "fun" if young else "rest",
                ]
            )
    company.run("+customers", "+model_evaluations")
    # no record is dated: ages and days are those of today
    as_of = company.query(
        "select max(as_of_date) = min(as_of_date), max(as_of_date) >= today() - 1, "
        "max(as_of_date) <= today() + 1 from marts.customers"
    )
    assert as_of == [(True, True, True)]
    assert company.query(
        "select count(*) from features.customer_features where attribute_member_since < 0"
    ) == [(0,)]
    scored = company.query(
        "select count(persona_id), count(likely_declared_need), count(recency_days) "
        "from marts.customers"
    )
    assert scored == [(600, 600, 0)]
    read_as = company.query(
        "select feature_name, value_type, unit from features.feature_catalog "
        "where family = 'attributes' order by all"
    )
    assert read_as == [
        ("attribute_has_car", "boolean", "yes/no"),
        ("attribute_hobby", "category", "category"),
        ("attribute_member_since", "numeric", "days"),
    ]
    assert company.query(
        "select distinct attribute_hobby from features.customer_features order by all"
    ) == [("Garden",), ("games",)]
    accuracy = company.query(
        "select algorithm, evaluation_split, metric_value from marts.model_evaluations "
        "where target = 'declared_need' and metric = 'accuracy'"
    )
    assert {(algorithm, split) for algorithm, split, _ in accuracy} >= {
        (algorithm, split)
        for algorithm in ("decision_tree", "logistic_regression")
        for split in ("validation", "test")
    }
    assert all(
        value > 0.95
        for algorithm, split, value in accuracy
        if algorithm != "majority" and split != "shuffled labels"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entities", "known", "unknown"),
    [
        (["web_events"], ["persona_id"], ["recency_days", "purchase_probability", "next_need"]),
        (["customers", "feedback"], ["persona_id", "age_band"], ["recency_days", "next_need"]),
    ],
)
def test_any_subset_goes_all_the_way(tmp_path, entities, known, unknown):
    simulate(200, tmp_path / "landing", "csv", 3, tmp_path / "truth")
    for entity in set(ENTITIES) - set(entities):
        (tmp_path / "landing" / f"{entity}.csv").unlink()
    company = company_with(tmp_path, entities)
    company.build()
    ((customers, *counts),) = company.query_published(
        f"select count(*), {', '.join(f'count({column})' for column in known + unknown)} "
        "from marts.customers"
    )
    assert customers > 100
    assert all(count > 0.5 * customers for count in counts[: len(known)])
    assert counts[len(known) :] == [0] * len(unknown)
    missing = company.query_published(
        "select distinct entity from monitoring.source_coverage where not is_provided "
        "and entity not in (select entity from monitoring.record_reconciliation)"
    )
    assert {entity for (entity,) in missing} == set(ENTITIES) - set(entities)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        slow(
            {"as_of_date": "2001-01-01"},
            "as_of_date is 2001-01-01, but the first record is dated",
        ),
        slow({"as_of_date": "2099-01-01"}, "as_of_date is 2099-01-01, which lies in the future"),
        ({"source_systems": {"demo": ["custmers"]}}, "'custmers' is no canonical entity"),
        slow(
            {"source_systems": {"shopp": ["customers"]}},
            "'stg_shopp__customers' which was not found",
        ),
        slow({"source_systems": {"demo": []}}, "names no source system with an entity"),
        # dbt reads models before it connects, and they compute with vars
        slow(
            {"observation_step_days": 0}, "The var observation_step_days is 0; give a whole number"
        ),
        slow({"source_system": {}}, "There is no var source_system. Did you mean source_systems?"),
    ],
)
def test_settings_that_cannot_be_met_are_named(tmp_path, variables, message):
    # each is another set of variables, for which dbt parses the project anew
    company = company_with(tmp_path, ["order_lines"], **variables)
    write_orders(company, customers=30, category="tea")
    result = company.dbt(
        *["build", "--select", "+segmentation_decision"],
        *["--exclude", "resource_type:test", "resource_type:unit_test"],
    )
    assert result.returncode != 0
    assert message in result.stdout


@pytest.mark.parametrize(
    ("files", "message"),
    [
        # test_intake_files has more that cannot be read
        slow(None, "does not exist"),
        ({}, "No file of the entity order_lines"),
        slow({"order_lines.csv": ""}, "order_lines.csv is empty"),
        slow({"order_lines.csv": "order_id,customer_id\n1,2\n"}, "lacks the columns ordered_at"),
        slow({"order_lines.parquet": "this is no parquet"}, "order_lines.parquet cannot be read"),
    ],
)
def test_a_landing_folder_that_cannot_be_read_is_explained(tmp_path, files, message):
    company = company_with(tmp_path, ["order_lines"])
    if files is None:
        company.landing.rmdir()
    for name, text in (files or {}).items():
        (company.landing / name).write_text(text)
    result = company.dbt("run", "--select", "raw_files__order_lines")
    assert result.returncode != 0
    assert message in result.stdout


@pytest.mark.slow
def test_a_customer_id_that_is_an_address_stops_the_build_until_it_is_hashed(tmp_path):
    company = company_with(tmp_path, ["order_lines"])
    write_orders(company, customers=30, category="tea")
    lines = company.landing / "order_lines.csv"
    lines.write_text(re.sub(r"C(\d{3})", r"Ann\1@Example.org", lines.read_text()))
    upstream = ["build", "--select", "+assert_customer_ids_are_no_identifiers"]
    upstream += ["--indirect-selection", "cautious"]
    result = company.dbt(*upstream)
    assert result.returncode == 1
    assert (
        "The customer_id of 30 of 30 customers has the form of an e-mail address" in result.stdout
    )
    assert "keyed_hash(<your column>)" in result.stdout
    assert "Ann0" not in result.stdout and "ann0" not in result.stdout
    (company.landing / "mapping.yml").write_text(
        "entities: {order_lines: {columns: {customer_id: {expression: keyed_hash(customer_id)}}}}"
    )
    company.environment["PERSONA_PII_KEY"] = "a key of this company"
    result = company.dbt(*upstream)
    assert result.returncode == 0, result.stdout
    expected = hmac.new(b"a key of this company", b"ann007@example.org", "sha256").hexdigest()
    assert (expected,) in company.query("select customer_id from intermediate.int_customers_known")
