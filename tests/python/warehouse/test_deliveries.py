"""A build that reads only what is new publishes what one would that reads everything."""

import csv
from pathlib import Path
from random import Random

import pytest
from conftest import Company, published_contents

from customer_personas.privacy.requests import main as privacy


def read_records(path: Path) -> tuple[list[str], list[list[str]]]:
    """Give the header and the whole records of a landing file."""
    with path.open(newline="") as lines:
        header, *records = csv.reader(lines)
    return header, [record for record in records if len(record) == len(header)]


def write_records(path: Path, header: list[str], records: list[list[str]]) -> None:
    with path.open("w", newline="") as lines:
        csv.writer(lines).writerows([header, *records])


def correct(
    header: list[str], records: list[list[str]], changed: tuple[str, ...]
) -> tuple[list[str], list[list[str]]]:
    """Change records, and give them in another order of the columns, with one of its own."""
    corrected = [
        [
            text.replace("1", "2") if name in changed else text
            for name, text in zip(header, record, strict=True)
        ]
        for record in records
    ]
    return [*reversed(header), "note"], [[*reversed(record), "corrected"] for record in corrected]


def deliver(landing: Path, random: Random) -> str:
    """Deliver repeated, corrected, late and unreadable records; give a customer to be erased."""
    for entity in ("order_lines", "web_events", "feedback", "customers"):
        header, records = read_records(landing / f"{entity}.csv")
        drawn = random.sample(records, 40)
        repeated, late = drawn[:10], drawn[10:20]
        columns, corrected = correct(header, drawn[20:], ("quantity", "region"))
        # late: taken from the old file, which is another one now, into one that comes first
        write_records(landing / f"{entity}.csv", header, [r for r in records if r not in late])
        write_records(landing / f"{entity}.0.csv", header, late)
        write_records(landing / f"{entity}_2.csv", header, repeated)
        write_records(landing / f"{entity}_3.csv", columns, [*corrected, ["broken"]])
        write_records(landing / f"{entity}_4.csv", header, [])
    header, records = read_records(landing / "customers.csv")
    return records[50][header.index("customer_id")]


@pytest.mark.slow
def test_increments_publish_what_reading_everything_does(shop, tmp_path, monkeypatch):
    company: Company = shop.copy_to(tmp_path / "increments")
    company.work_on(monkeypatch)
    erased = deliver(company.landing, Random(7))
    company.run("raw_files__order_lines", "raw_files__feedback")
    # what is taken back, after it was read
    (company.landing / "feedback_2.csv").unlink()
    assert privacy(["erase", erased]) == 0
    everything = company.copy_to(tmp_path / "everything")
    everything.warehouse.unlink()
    company.build()
    everything.build()
    files = "select entity, count(*) from monitoring.source_formats group by all order by all"
    assert company.query_published(files) == everything.query_published(files)
    before, after = published_contents(company), published_contents(everything)
    assert [table for table in before if after[table] != before[table]] == []
    erased_records = "select count(*) > 0 from raw.raw_files__{} where erased_customer_hash != ''"
    assert company.query(erased_records.format("customers")) == [(True,)]
