"""Whatever is delivered, taken back, erased and built in between, tables are those of one build."""

import itertools
import os
from pathlib import Path
from random import Random

import pytest
from conftest import Company, contents
from test_deliveries import correct, read_records, write_records

from customer_personas.privacy.requests import main as privacy

SEQUENCES = int(os.environ.get("PERSONA_SEQUENCES", "2"))
ENTITIES = ("order_lines", "web_events", "feedback", "customers")
NODES = ("+customer_features", "+target_labels", "+record_reconciliation", "+quarantined_values")


class Landing:
    """The landing folder of a company, to which odd things are delivered."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.random = folder, random
        self.numbers = itertools.count(1)
        self.delivered: list[Path] = []

    def read(self, entity: str) -> tuple[list[str], list[list[str]]]:
        """Give the header and the whole records of the first delivery."""
        return read_records(self.folder / f"{entity}.csv")

    def deliver(self, entity: str, header: list[str], records: list[list[str]]) -> None:
        path = self.folder / f"{entity}_{next(self.numbers)}.csv"
        write_records(path, header, records)
        # a field that a file brought stays, empty, in records as received when the file is gone
        if "note" not in header:
            self.delivered.append(path)

    def repeat(self) -> None:
        """Records that are there already, more of them than one system sends twice."""
        entity = self.random.choice(ENTITIES)
        header, records = self.read(entity)
        self.deliver(entity, header, self.random.sample(records, 15))

    def correct(self) -> None:
        """Other versions of records, in another order of columns and with one more."""
        entity = self.random.choice(ENTITIES)
        header, records = self.read(entity)
        corrected = self.random.sample(records, 20)
        self.deliver(entity, *correct(header, corrected, ("quantity", "region", "rating")))

    def come_late(self) -> None:
        """Records that the first delivery lacks come in a file of their own."""
        entity = self.random.choice(ENTITIES)
        header, records = self.read(entity)
        late = self.random.sample(records, 20)
        write_records(
            self.folder / f"{entity}.csv", header, [each for each in records if each not in late]
        )
        self.deliver(entity, header, late)

    def be_unreadable(self) -> None:
        """Lines that are no records, in a file that is otherwise empty."""
        entity = self.random.choice(ENTITIES)
        header, _ = self.read(entity)
        self.deliver(entity, header, [["broken"], ["broken", "too"]])

    def take_back(self) -> None:
        """A file that was delivered goes; nothing where none was."""
        if self.delivered:
            path = self.delivered.pop(self.random.randrange(len(self.delivered)))
            path.unlink()

    def stay(self) -> None:
        """An empty day."""


def tables(company: Company) -> dict[str, tuple]:
    """What is in each table, but for how it came there."""
    found = contents(company.warehouse)
    return {name: rows for name, rows in found.items() if not name.startswith(("build.", "raw."))}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_any_sequence_leaves_the_tables_of_one_build(shop, tmp_path, monkeypatch, seed):
    random = Random(seed)
    company = shop.copy_to(tmp_path / "sequence")
    company.work_on(monkeypatch)
    landing = Landing(company.landing, random)
    deliveries = [landing.repeat, landing.correct, landing.come_late, landing.be_unreadable]
    for _ in range(4):
        random.choice([*deliveries, landing.take_back, landing.stay])()
        if random.random() < 0.25:
            header, records = landing.read("customers")
            person = random.choice(records)[header.index("customer_id")]
            assert privacy(["erase", person]) == 0
        if random.random() < 0.25:
            # another setting for a day, or a part only
            company.run(*NODES, outlier_quantity=random.choice([3, 5]))
        elif random.random() < 0.3:
            company.run(random.choice(["raw_files__order_lines", "+int_orders", "+int_customers"]))
        else:
            company.run(*NODES)
    company.run(*NODES)
    everything = company.copy_to(tmp_path / "everything")
    everything.warehouse.unlink()
    everything.run(*NODES)
    expected, found = tables(everything), tables(company)
    assert [name for name in expected if found.get(name) != expected[name]] == []
