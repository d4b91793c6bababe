"""Requests that come too early, name an id in another way, or meet a file that is in use."""

import shutil

import duckdb
import pytest
from handmade import Handmade, make_company, read
from killing import SERVER

from customer_personas.cli import main
from customer_personas.warehouse import databases, manifests
from customer_personas.warehouse.erasures import read_log
from customer_personas.warehouse.identifier_keys import identifier_keys, keyed_hash
from customer_personas.warehouse.publishing import publish
from customer_personas.warehouse.version_folders import version_folder


def change(company: Handmade, sql: str) -> None:
    with duckdb.connect(str(company.folder / "warehouse.duckdb")) as connection:
        connection.execute(sql)


@pytest.fixture
def company(tmp_path, monkeypatch) -> Handmade:
    made = make_company(tmp_path / "company", versions=1)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return made


def erase(customer: str, *options: str) -> int:
    return main(["privacy", "erase", customer, *options])


def is_kept_out(company: Handmade, name: str) -> bool:
    return keyed_hash(name, identifier_keys()[0]) in read_log(company.published)


def test_without_a_warehouse_the_customer_is_kept_out(company):
    (company.folder / "warehouse.duckdb").unlink()
    assert erase("c1") == 0
    assert company.tombstones() == 1 and is_kept_out(company, "shop:c1")
    assert not read(
        company.folder / "state.duckdb",
        "from history.persona_changes where customer_id = 'c1'",
    )


def test_before_anything_was_built_the_source_system_is_asked_for(company, capsys):
    for path in company.folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert erase("c1") == 2
    assert "privacy erase --system files c1" in capsys.readouterr().err
    assert erase("c1", "--system", "files") == 1
    assert is_kept_out(company, "files:c1")


def read_for_long(path, begun, stop) -> None:
    """Look at a database as a reader does, who keeps it open."""
    with duckdb.connect(str(path), read_only=True):
        begun.set()
        stop.wait(120)


def test_a_customer_is_kept_out_though_somebody_reads_the_warehouse(company, capsys):
    begun, stop = SERVER.Event(), SERVER.Event()
    path = company.folder / "warehouse.duckdb"
    process = SERVER.Process(target=read_for_long, args=(path, begun, stop))
    process.start()
    try:
        assert begun.wait(120)
        assert erase("c1") == 2
    finally:
        process.kill()
        process.join()
    said = capsys.readouterr().err
    assert f"PID {process.pid}" in said and "give the same command again" in said
    assert company.tombstones() == 1 and is_kept_out(company, "shop:c1")
    assert company.rows_of("c1")["in force"]
    assert erase("c1") == 0
    assert not any(company.rows_of("c1").values())


def test_every_spelling_is_erased_and_another_case_is_offered(company, capsys):
    change(
        company,
        """
        create table staging_ids as
            select unnest(['17850', '17850.0', 'Zoe\u0308', 'ZO\u00cb']) as id;
        insert into intermediate.customer_identities select 'shop', id, id from staging_ids;
        insert into raw.shop_customers
            select ' ' || id || ' ', 'mail1', 'more.csv', row_number() over () from staging_ids;
        insert into marts.customers select id, 'P001' from staging_ids;
        drop table staging_ids;
        """,
    )
    assert erase("17850") == 0
    assert erase("Zo\u00eb") == 0
    said = capsys.readouterr().out
    left = read(company.folder / "warehouse.duckdb", "select customer_id from marts.customers")
    assert ("17850.0",) not in left and ("Zoe\u0308",) not in left
    assert ("ZO\u00cb",) in left and ("c1",) in left
    assert "customer-personas privacy erase 'ZO\u00cb'" in said
    ((received,),) = read(
        company.folder / "warehouse.duckdb",
        "select count(*) from raw.shop_customers where source_file = 'more.csv'",
    )
    assert received == 1
    assert is_kept_out(company, "shop:17850")


def test_visits_before_the_customer_was_known_are_erased(company):
    change(
        company,
        """
        create schema staging;
        create table staging.stg_shop__web_events as
            select * from (values ('v1', 'c1'), ('v1', null), ('v1', 'c2'), ('v2', null))
                as visits (visitor_id, customer_id);
        create table raw.shop_web_events as from staging.stg_shop__web_events;
        """,
    )
    assert erase("c1") == 0
    for table in ("staging.stg_shop__web_events", "raw.shop_web_events"):
        left = read(company.folder / "warehouse.duckdb", f"from {table} order by all")
        assert left == [("v1", "c2"), ("v2", None)]
    assert is_kept_out(company, "shop:visitor_id:v1")


def test_copies_of_the_state_are_emptied_as_well(company):
    state = company.folder / "state.duckdb"
    for name in ("state.duckdb.replaced", "state.layout_3.duckdb"):
        shutil.copy(state, company.folder / name)
    assert erase("c1") == 0
    for name in ("state.duckdb.replaced", "state.layout_3.duckdb"):
        rows = read(company.folder / name, "select customer_id from history.persona_changes")
        assert ("c1",) not in rows and ("c2",) in rows


def test_a_link_to_a_database_stays_and_what_it_leads_to_is_written_anew(company):
    elsewhere = company.folder / "elsewhere"
    elsewhere.mkdir()
    for name in ("state.duckdb", "warehouse.duckdb"):
        (company.folder / name).rename(elsewhere / name)
        (company.folder / name).symlink_to(elsewhere / name)
    assert erase("c1") == 0
    assert (company.folder / "warehouse.duckdb").is_symlink()
    assert b"mail1" not in (elsewhere / "warehouse.duckdb").read_bytes()
    assert company.tombstones() == 1


def test_what_is_written_is_for_its_owner(company, tmp_path):
    assert erase("c1") == 0
    for path in (*company.folder.glob("*.duckdb"), company.published / "erasures.jsonl"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert main(["privacy", "access", "c2"]) == 0
    answer = tmp_path / "private" / "customer_c2.json"
    assert answer.stat().st_mode & 0o777 == 0o600
    assert answer.parent.stat().st_mode & 0o777 == 0o700
    # whoever may enter the publish folder reads what is published, and changes nothing
    for path in version_folder(company.published, 2).rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o444), path


@pytest.mark.parametrize("damage", ["manifest", "log", "both"])
def test_a_damaged_manifest_or_log_is_no_reason_to_keep_a_customer(company, damage):
    if damage != "log":
        manifest = version_folder(company.published, 1) / manifests.MANIFEST
        manifest.chmod(0o644)
        manifest.write_text("{")
    if damage != "manifest":
        (company.published / manifests.LOG).write_text("}\n")
    assert erase("c1") == 0
    assert not any(company.rows_of("c1").values())
    assert manifests.damages(version_folder(company.published, 2)) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("IO Error: Cannot open file: Permission denied", "Give yourself permission"),
        ("IO Error: Could not write: No space left on device", "Make room"),
        ("IO Error: it is not a valid DuckDB database file", "Put a sound file in its place"),
    ],
)
def test_what_is_in_the_way_is_said_with_what_to_do(company, monkeypatch, capsys, error, said):
    def fail(*arguments, **options):
        raise duckdb.IOException(error)

    with monkeypatch.context() as broken:
        broken.setattr(databases.duckdb, "connect", fail)
        assert erase("c1") == 2
    assert said in capsys.readouterr().err
    assert erase("c1") == 0


def test_combinations_stay_large_enough(company):
    change(
        company,
        """
        create or replace table marts.customers as
            select 'c' || range as customer_id, '45-54' as age_band, 'f' as gender,
                'DE' as country, case when range < 5 then 'Berlin' end as region
            from range(20);
        """,
    )
    shutil.rmtree(company.published)
    with duckdb.connect(str(company.folder / "warehouse.duckdb")) as warehouse:
        publish(
            warehouse.cursor(),
            company.published,
            {("marts", "customers"): "from marts.customers"},
            feature_descriptions={},
            facts={"as_of_date": "2026-01-01", "source_systems": "shop", "models": []},
            keep=3,
        )
    assert erase("c1") == 0
    found = read(
        company.published / "customer_personas.duckdb",
        "select region, count(*) from marts.customers group by all",
    )
    assert found == [(None, 19)]
