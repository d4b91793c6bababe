"""Columns that follow the time of the record are found by form, and customers' own are left."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from rendered import render

MODELS = ("attribute_catalog", "attribute_circumstances")
EMPTY = {"gender": None, "occupation": None, "country": None, "region": None}


@pytest.fixture(scope="module")
def models():
    folder = ROOT / "models" / "features" / "profile"
    return {
        name: render(
            (folder / f"{name}.sql").read_text(encoding="utf-8"), minimum_cell=5, random_seed=1
        )
        for name in MODELS
    }


def find(models, columns, recorded=None):
    """The columns that are no traits, each with what speaks for it."""
    customers = pd.DataFrame(columns)
    ids = [f"c{n:06}" for n in range(len(customers))]
    spellings = pd.read_csv(ROOT / "seeds" / "reference" / "yes_no_spellings.csv", dtype=str)
    received = customers.astype(str).assign(customer_id=ids).melt("customer_id")
    received.columns = ["customer_id", "attribute", "attribute_value"]
    days = pd.Series([pd.NaT] * len(ids) if recorded is None else recorded)
    versions = pd.DataFrame(
        EMPTY
        | {
            "customer_id": ids,
            "source_system": "files",
            "source_file": "customers.csv",
            "record_number": range(len(ids)),
            "known_from": pd.to_datetime(days),
            "signed_up_at": pd.to_datetime(days),
            "annual_income": np.nan,
            "age": np.nan,
            "birth_date": pd.NaT,
            "is_current": True,
        }
    )
    with duckdb.connect() as connection:
        connection.execute(
            "create table int_source_formats (entity varchar, column_name varchar, "
            "source_column varchar, read_as varchar, declared_as varchar, label varchar)"
        )
        for name, rows in {
            "yes_no_spellings": spellings,
            "customer_attributes": received,
            "int_customer_versions": versions,
        }.items():
            connection.register("rows", rows)
            connection.execute(f"create table {name} as from rows")
        connection.execute(f"create table attribute_catalog as {models['attribute_catalog']}")
        return dict(connection.sql(models["attribute_circumstances"]).fetchall())


def draw_days(rng, count, length):
    """When customers were recorded, in order, as days from the first."""
    return np.sort(rng.integers(0, length, count))


def follow_time(rng, days, length):
    """A rate of each day, figures of each month, and the names of months and days of the week."""
    dates = pd.Timestamp("2019-03-01") + pd.to_timedelta(days, "D")
    months = np.asarray(12 * dates.year + dates.month)
    months -= months[0]
    rate = np.round(3 + np.cumsum(rng.normal(0, 0.05, length)), 2)
    climate = np.round(rng.normal(-40, 5, length // 28 + 2), 1)
    prices = np.round(90 + np.cumsum(rng.normal(0, 1, length // 28 + 2)), 1)
    return dates, {
        "base_rate": rate[days],
        "climate": climate[months],
        "prices": prices[months],
        "month": dates.month_name().str[:3],
        "weekday": dates.day_name(),
    }


def draw_own(rng, count):
    """What customers are like: groups, plans, areas."""
    group, area = rng.integers(0, 5, count), rng.integers(0, 40, count)
    by_plan = {"price": [9.9, 19.9, 14.9, 39.9, 29.9], "gigabytes": [5, 50, 20, 10, 100]}
    by_area = {"area_income": rng.integers(20, 60, 40) * 1000, "distance": rng.integers(1, 90, 40)}
    return {
        "visits": rng.poisson(2 + 3 * group),
        "score": rng.integers(1, 11, count),
        "years": np.clip(np.round(rng.normal(30 + 8 * group, 4)), 18, 90).astype(int),
        "plan": np.array(list("ABCDE"))[group],
        "postcode": 10_000 + 37 * area,
        **{name: np.array(values)[group] for name, values in by_plan.items()},
        **{name: values[area] for name, values in by_area.items()},
    }


@pytest.mark.parametrize("has_dates", [True, False])
@pytest.mark.parametrize("order", ["time", "any", "score", "years"])
@pytest.mark.parametrize("count", [600, 2500])
def test_what_follows_time_is_no_trait_and_what_customers_have_is(models, count, order, has_dates):
    rng = np.random.default_rng(count + len(order) + has_dates)
    length = int(rng.integers(300, 900))
    days = draw_days(rng, count, length)
    dates, of_time = follow_time(rng, days, length)
    own = draw_own(rng, count)
    own["tenure_months"] = (length - days) // 30 if has_dates else rng.integers(0, 30, count)
    customers = pd.DataFrame(of_time | own | {"recorded": dates})
    if order == "any":
        customers = customers.iloc[rng.permutation(count)]
    elif order != "time":
        customers = customers.sort_values([order, "visits"], kind="stable")
    recorded = list(customers.pop("recorded"))
    found = find(models, customers.reset_index(drop=True), recorded if has_dates else None)
    assert not set(own) & set(found), found
    if has_dates:
        assert {"climate", "prices", "month", "weekday"} <= set(found), found
    elif order == "time" and count > 1000:
        assert {"climate", "prices", "month"} <= set(found), found


@pytest.mark.parametrize("order", ["groups", "any", "areas", "score"])
@pytest.mark.parametrize("seed", range(2))
def test_customers_written_in_any_order_have_no_circumstances(models, order, seed):
    rng = np.random.default_rng(seed)
    customers = pd.DataFrame(draw_own(rng, 1200))
    by = {"groups": ["plan"], "areas": ["postcode", "plan"], "score": ["score", "years"]}
    if order in by:
        customers = customers.sort_values(by[order], kind="stable").reset_index(drop=True)
    if seed % 2:
        # what a company enriches its customers by, without the code of the area
        customers = customers.drop(columns="postcode")
    assert find(models, customers) == {}


def test_how_long_somebody_is_known_is_a_trait(models):
    rng = np.random.default_rng(3)
    days = draw_days(rng, 1500, 1400)
    recorded = pd.Timestamp("2020-01-01") + pd.to_timedelta(days, "D")
    years = (1400 - days) // 365
    customers = {
        "tenure_years": years,
        "tenure_days": 1400 - days,
        "cohort": recorded.year.astype(str),
        "stage": np.array(["new", "known", "old", "oldest"])[years],
        "contract": rng.choice(["month", "year"], 1500),
    }
    assert find(models, customers, list(recorded)) == {}


def test_what_nearly_everybody_shares_is_no_trait(models):
    rng = np.random.default_rng(4)
    customers = {
        "country_code": np.where(rng.random(2000) < 0.996, "DE", "AT"),
        "defaulted": np.where(rng.random(2000) < 0.05, "yes", "no"),
        "calls": np.where(rng.random(2000) < 0.995, 0, rng.integers(1, 5, 2000)),
    }
    found = find(models, customers)
    assert set(found) == {"country_code", "calls"}
