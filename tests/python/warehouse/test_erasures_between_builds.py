"""Erasures, each followed by a build of the same day and by one of the next: all publish."""

import csv
import os
import random
from datetime import date, timedelta

import pytest
from conftest import SMALL, Company

from customer_personas.privacy.requests import main as privacy

ERASURES = int(os.environ.get("PERSONA_ERASURES", "1"))
CUSTOMERS = 150


def deliver(company: Company) -> None:
    """Write orders and profiles of a few kinds of customers."""
    rng = random.Random(5)
    people = [["customer_id", "full_name", "gender", "region", "occupation"]]
    orders = [["order_id", "customer_id", "ordered_at", "product_id", "product_category"]]
    orders[0] += ["quantity", "unit_price"]
    for n in range(CUSTOMERS):
        kind, customer = n % 3, f"C{n:03}"
        region, job = ("North", "South")[kind > 0], ("nurse", "cook", "clerk")[kind]
        people.append([customer, f"Person {n}", ("female", "male")[n % 2], region, job])
        for order in range((2, 5, 12)[kind]):
            day = date(2025, 1, 1) + timedelta(rng.randrange((60, 200, 360)[kind], 364))
            price = round(rng.gauss((15, 60, 200)[kind], 3), 2)
            category = ("tea", "books", "toys")[(kind + order) % 3]
            product = f"P{kind}{order % 4}"
            orders.append([f"O{n}-{order}", customer, day, product, category, 1, price])
    for name, rows in {"customers": people, "order_lines": orders}.items():
        with (company.landing / f"{name}.csv").open("w", newline="") as lines:
            csv.writer(lines).writerows(rows)


@pytest.mark.slow
def test_every_build_after_an_erasure_publishes(tmp_path, monkeypatch):
    company = Company(
        tmp_path / "company",
        SMALL
        | {
            "source_systems": {"files": ["customers", "order_lines"]},
            "targets": {"will_purchase": "future"},
            "algorithms": ["decision_tree"],
        },
        {"PERSONA_PII_KEY": "correct-horse-battery-2026"},
    )
    deliver(company)
    company.work_on(monkeypatch)
    day, names = date(2026, 1, 1), "select persona_id, persona_name from marts.personas order by 1"
    company.build(as_of_date=str(day))
    known = dict(company.query_published(names))
    # of every kind, one after another: some kinds get rare
    people = [f"C{n:03}" for n in range(0, CUSTOMERS, 3)] + [f"C{n:03}" for n in range(1, 99, 3)]
    for customer in people[:ERASURES]:
        assert privacy(["erase", customer]) == 0
        for on in (day, day := day + timedelta(1)):
            company.build(as_of_date=str(on))
            published = company.query_published(
                "select count(*) filter (customer_id = ?), min(as_of_date) from marts.customers",
                customer,
            )
            assert published == [(0, on)]
            # who is known by a name keeps it
            assert {
                p: name for p, name in company.query_published(names) if p in known
            }.items() <= (known.items())
    ((left,),) = company.query_published("select count(*) from marts.customers")
    assert left == CUSTOMERS - ERASURES
