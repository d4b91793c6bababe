"""An erasure that ends half-way: the customer is unpublished or untouched, and it can go on."""

import os
import shutil
import subprocess

import duckdb
import pytest
from handmade import Handmade, erase_in, make_company, read
from killing import kill_at, moments

from customer_personas.privacy import erasure, republishing
from customer_personas.privacy.requests import main as privacy
from customer_personas.warehouse import manifests
from customer_personas.warehouse.erasures import read_log

KILLS = int(os.environ.get("PERSONA_KILLS", "50"))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Handmade:
    return make_company(tmp_path_factory.mktemp("made") / "company")


@pytest.fixture
def company(made, tmp_path, monkeypatch) -> Handmade:
    return copy_of(made, tmp_path / "company", monkeypatch)


def copy_of(made: Handmade, folder, monkeypatch=None) -> Handmade:
    shutil.copytree(made.folder, folder, symlinks=True)
    copy = Handmade(folder)
    if monkeypatch:
        for name, value in copy.environment.items():
            monkeypatch.setenv(name, value)
    return copy


def is_untouched(company: Handmade, made: Handmade) -> bool:
    # a new version that nobody is pointed to may lie there already
    return company.rows_of("c1").items() >= made.rows_of("c1").items()


def check_unpublished_or_untouched(company: Handmade, made: Handmade) -> None:
    rows = company.rows_of("c1")
    assert is_untouched(company, made) or not rows["in force"]
    # what is emptied before the versions would be published and half-erased
    assert not any(rows[name] for name in rows if "version" in name) or (
        rows["state"] and rows["warehouse"]
    )
    # whatever was done, no build takes the customer in from now on
    assert is_untouched(company, made) or (company.tombstones() and read_log(company.published))


def check_erased(company: Handmade) -> None:
    assert not any(company.rows_of("c1").values())
    assert company.tombstones() == len(read_log(company.published)) == 1
    assert len(read(company.folder / "state.duckdb", "from history.quarantined_records")) == 5
    assert all(company.rows_of("c2").values())
    for version in (company.published / "versions").iterdir():
        assert manifests.damages(version) == []
    for path in company.folder.rglob("*"):
        assert path.is_dir() or b"mail1" not in path.read_bytes(), path
        assert "draft" not in path.name


def test_an_erased_customer_is_nowhere(company, capsys):
    assert privacy(["erase", "c1"]) == 0
    assert "version 2, in force: replaced by version 3" in capsys.readouterr().out
    check_erased(company)
    assert privacy(["erase", "c1"]) == 1
    # views are kept with the warehouse
    assert len(read(company.folder / "warehouse.duckdb", "from raw.mails")) == 5


@pytest.mark.parametrize("place", ["warehouse.duckdb.tmp", "shared"])
def test_what_the_engine_left_on_disk_in_a_killed_build_is_erased(company, monkeypatch, place):
    """A build beyond its memory sorts and joins in files, and may be killed for its memory."""
    monkeypatch.setenv("PERSONA_TEMP_DIR", str(company.folder / "shared"))
    killed = subprocess.Popen(["true"])
    killed.wait()
    (company.folder / place).mkdir()
    # as the engine names them
    left = company.folder / place / f"duckdb_temp_{killed.pid}_0_storage_DEFAULT-0.tmp"
    left.write_bytes(b"mail1")
    mine = company.folder / "shared" / f"duckdb_temp_{os.getpid()}_0_owner"
    mine.parent.mkdir(exist_ok=True)
    mine.touch()
    assert privacy(["erase", "c1"]) == 0
    check_erased(company)
    # of a process that is at work
    assert mine.exists()


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (erasure, "put_replacement_in_place"),
        (erasure, "add_erasures"),
        (erasure, "delete_rows"),
        (republishing, "copy_changed"),
        (republishing, "put_in_force"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__.split(".")[-1],
)
def test_a_failure_leaves_the_customer_unpublished_or_untouched(
    company, made, monkeypatch, capsys, module, step
):
    def fail(*arguments, **options):
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(module, step, fail)
        assert privacy(["erase", "c1"]) == 2
    assert "give the same command again" in capsys.readouterr().err
    check_unpublished_or_untouched(company, made)
    if step == "copy_changed":
        assert is_untouched(company, made)
    assert not list((company.published / "versions").glob("draft-*"))
    assert privacy(["erase", "c1"]) == 0
    check_erased(company)


@pytest.mark.parametrize("kills", [4, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_an_erasure_killed_at_any_moment_goes_on(made, tmp_path, kills):
    killed = 0
    for moment in moments(kills, erase_in, copy_of(made, tmp_path / "whole"), "c1"):
        company = copy_of(made, tmp_path / "killed")
        killed += kill_at(moment, erase_in, company, "c1")
        check_unpublished_or_untouched(company, made)
        erase_in(company, "c1")
        check_erased(company)
        shutil.rmtree(company.folder)
    assert killed >= kills * 0.8


def test_what_spark_computed_of_an_erased_customer_is_removed(company, monkeypatch, capsys):
    computed = company.folder / "computed"
    rows = computed / "staging" / "orders" / "1" / "part.parquet"
    rows.parent.mkdir(parents=True)
    with duckdb.connect(str(company.folder / "warehouse.duckdb")) as warehouse:
        warehouse.execute(f"copy (select 'c1' as customer_id, 'mail1' as mail) to '{rows}'")
        warehouse.execute(f"create view raw.orders as from read_parquet('{rows}')")
    monkeypatch.setenv("PERSONA_SPARK_FOLDER", str(computed))
    assert privacy(["erase", "c1"]) == 0
    assert "the next build computes it anew" in capsys.readouterr().out
    check_erased(company)
    assert not computed.exists()
    with pytest.raises(duckdb.CatalogException):
        read(company.folder / "warehouse.duckdb", "from raw.orders")
