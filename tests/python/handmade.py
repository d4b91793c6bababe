"""A company of a few rows, without any build: a warehouse, a state and published versions."""

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer_personas.privacy.erasure import erase
from customer_personas.warehouse.databases import attached
from customer_personas.warehouse.migrate import migrate_state
from customer_personas.warehouse.publishing import publish
from customer_personas.warehouse.version_folders import version_numbers

CUSTOMERS = 6
KEY = "a-key-for-tests-alone"


@dataclass(frozen=True)
class Handmade:
    """Where it lies."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PERSONA_WAREHOUSE": str(self.folder / "warehouse.duckdb"),
            "PERSONA_STATE": str(self.folder / "state.duckdb"),
            "PERSONA_PUBLISH_DIR": str(self.published),
            "PERSONA_PII_KEY": KEY,
        }

    @property
    def published(self) -> Path:
        return self.folder / "published"

    def rows_of(self, customer: str) -> dict[str, list[tuple]]:
        """What each file says of a customer: rows of the state, the warehouse, each version."""
        asked = {
            "state": (
                self.folder / "state.duckdb",
                "select * from history.persona_changes where customer_id = ?",
            ),
            "warehouse": (
                self.folder / "warehouse.duckdb",
                "select customer_id from marts.customers where customer_id = $1 union all "
                "select email from raw.shop_customers where customer_id = $1",
            ),
            "in force": (
                self.published / "customer_personas.duckdb",
                "select * from marts.customers where customer_id = ?",
            ),
        }
        asked |= {
            f"version {number}": (
                self.published / "versions" / str(number) / "customer_personas.duckdb",
                "select * from marts.customers where customer_id = ?",
            )
            for number in version_numbers(self.published)
        }
        found = {}
        with duckdb.connect() as connection:
            for name, (path, sql) in asked.items():
                with attached(connection, path, "asked", read_only=True) as asked_name:
                    connection.execute(f"use {asked_name}")
                    found[name] = connection.execute(sql, [customer]).fetchall()
                    connection.execute("use memory")
        return found

    def tombstones(self) -> int:
        ((count,),) = read(self.folder / "state.duckdb", "select count(*) from history.erasures")
        return count


def read(path: Path, sql: str, *parameters) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql, list(parameters)).fetchall()


def make_company(folder: Path, versions: int = 2) -> Handmade:
    """Make a company in a folder that is not there yet."""
    company = Handmade(folder)
    folder.mkdir(parents=True)
    migrate_state(folder / "state.duckdb")
    with duckdb.connect(str(folder / "state.duckdb")) as state:
        state.execute("insert into history.persona_builds values ('shop: customers', '2026-01-01')")
        state.execute(
            "insert into history.persona_changes select 'shop: customers', 'c' || range, "
            f"'2026-01-01', 'P001' from range({CUSTOMERS})"
        )
        state.execute(
            "insert into history.quarantined_records select 'shop: customers', 'shop', "
            f"'customers', range, '2026-01-01' from range({CUSTOMERS})"
        )
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        warehouse.execute(
            f"""
            create schema raw; create schema intermediate; create schema marts;
            create schema monitoring; create schema quarantine;
            create table raw.shop_customers as
                select 'c' || range as customer_id, 'mail' || range as email,
                    'customers.csv' as source_file, range as record_number
                from range({CUSTOMERS});
            create view raw.mails as select email from raw.shop_customers;
            create table intermediate.customer_identities as
                select 'shop' as source_system, 'c' || range as source_customer_id,
                    'c' || range as customer_id
                from range({CUSTOMERS});
            create table marts.customers as
                select 'c' || range as customer_id, 'P001' as persona_id from range({CUSTOMERS});
            create table marts.personas as select 'P001' as persona_id;
            create table monitoring.record_reconciliation as select 'shop' as source_system;
            create table quarantine.quarantined_records as
                select 'shop' as source_system, 'customers.csv' as source_file,
                    range as record_number, cast(range as uhugeint) as record_hash
                from range({CUSTOMERS});
            """
        )
        for _ in range(versions):
            publish(
                warehouse.cursor(),
                company.published,
                {
                    ("marts", "customers"): "from marts.customers",
                    ("marts", "personas"): "from marts.personas",
                },
                feature_descriptions={},
                facts={"as_of_date": "2026-01-01", "source_systems": "shop", "models": []},
                keep=3,
            )
    return company


def erase_in(company: Handmade, customer: str) -> None:
    """Erase a customer, from a process of its own."""
    os.environ |= company.environment
    erase(customer, lambda line: None)
