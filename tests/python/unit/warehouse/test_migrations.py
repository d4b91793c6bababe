"""A state of every layout there ever was is carried on with its ids, names and memberships."""

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from killing import kill_at, moments

from customer_personas.features.encoding import Encoding, Input
from customer_personas.warehouse import backup, migrate
from customer_personas.warehouse.databases import DatabaseError

COMPANY = "demo: customers, order_lines; shop: customers"
NEWEST = len(migrate.list_migrations())
# The last layout that was released before migrations had numbers.
UNNUMBERED = 5
INPUT = {"name": "spend", "feature": "spend", "family": "rfm", "kind": "number"}


def make_layout(path: Path, number: int) -> None:
    """Make a state of a layout, with rows, as a release without numbers left it."""
    with duckdb.connect(str(path)) as state:
        for migration in migrate.list_migrations()[:number]:
            state.execute(migration.sql)
        if number == 1:
            parameters = {
                "encoding": {"inputs": [INPUT | {"log": True, "low": 0.0}], "left_out": []},
                "population": "frequency > 0",
                "customers": 100,
                "scaling": [{"input": "spend", "mean": 3.5, "scale": 0.5}],
                "centroids": [[0.25], [-1.5]],
                "cluster_sizes": [75, 25],
            }
            champion = {
                "champion_id": "S0002",
                "fitted_on": "2026-01-01",
                "source_systems": json.dumps(
                    {"shop": ["customers"], "demo": ["order_lines", "customers"]}
                ),
                "first_persona_number": 5,
                "cluster_count": 2,
                "model_id": "kmeans_k2",
                "algorithm": "kmeans",
                "metrics": json.dumps({"silhouette": 0.25}),
                "features": '["spend"]',
                "parameters": json.dumps(parameters),
                "scoring_sql": "select 1",
                "is_in_force": True,
                "reason": "Chosen.",
            }
            insert(state, "ml.segmentation_champions", champion)
            return
        champion = {
            "champion_id": "S0002",
            "source_systems": COMPANY,
            "fitted_on": "2026-01-01",
            "reason": "Chosen.",
            "model_id": "kmeans_k2",
            "silhouette": 0.25,
            "features": '["spend"]',
            "parameters": "{}",
            "persona_ids": '["P005", "P006"]',
            "persona_names": '["Big", "Small"]',
            "persona_shares": "[0.75, 0.25]",
            "jaccards": "[0.9, 0.8]",
            "feature_profiles": "[]",
            "lifecycle": '[{"event": "born", "persona_id": "P005", "customers_after": 75}]',
        }
        if number >= 3:
            champion["checked_on"] = "2026-02-01"
        if number >= 4:
            champion["status"] = "Kept."
        insert(state, "history.segmentation_champions", champion)
        insert(
            state,
            "history.segmentation_candidates",
            {"source_systems": COMPANY, "model_id": "kmeans_k3", "silhouette": 0.125},
        )
        insert(
            state,
            "history.persona_names",
            {"source_systems": COMPANY, "persona_id": "P005", "persona_name": "Big Spenders"},
        )
        insert(
            state,
            "history.persona_changes",
            {
                "source_systems": COMPANY,
                "customer_id": "c1",
                "as_of_date": "2026-01-01",
                "persona_id": "P005",
            },
        )
        insert(
            state,
            "history.persona_builds",
            {"source_systems": COMPANY, "as_of_date": "2026-01-01"},
        )
        if number >= 5:
            insert(state, "history.erasures", {"customer_hash": "abc"})


def insert(state, table: str, row: dict) -> None:
    listed = ", ".join(f"${name}" for name in row)
    state.execute(f"insert into {table} ({', '.join(row)}) values ({listed})", row)


def rows(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as state:
        return state.execute(sql).fetchall()


def layout(path: Path) -> list[tuple]:
    return rows(
        path,
        "select table_schema, table_name, column_name, data_type from information_schema.columns "
        "order by all",
    )


@pytest.mark.parametrize("number", range(1, UNNUMBERED + 1))
def test_every_layout_is_carried_on(tmp_path, number):
    path, lines = tmp_path / "state.duckdb", []
    make_layout(path, number)
    migrate.migrate_state(path, lines.append)
    migrate.migrate_state(tmp_path / "new.duckdb")
    assert layout(path) == layout(tmp_path / "new.duckdb")
    ((champion_id, fitted_on, checked_on, company, model_id),) = rows(
        path,
        "select champion_id, fitted_on, checked_on, source_systems, model_id "
        "from history.segmentation_champions",
    )
    assert (champion_id, fitted_on, model_id) == ("S0002", date(2026, 1, 1), "kmeans_k2")
    assert company == COMPANY
    assert checked_on == (date(2026, 2, 1) if number >= 3 else date(2026, 1, 1))
    assert persona_ids(path) == ["P005", "P006"]
    ((shares, silhouette, features, born),) = rows(
        path,
        "select list_transform(personas, lambda each: each.customer_share), "
        "metrics['silhouette'], features, lifecycle[1] from history.segmentation_champions",
    )
    assert (shares, silhouette, features) == ([0.75, 0.25], 0.25, ["spend"])
    assert (born["event"], born["persona_id"], born["customers_after"]) == ("born", "P005", 75)
    if number > 1:
        assert rows(path, "select persona_id, persona_name from history.persona_names") == [
            ("P005", "Big Spenders")
        ]
        assert rows(path, "select customer_id, persona_id from history.persona_changes") == [
            ("c1", "P005")
        ]
        assert rows(path, "select as_of_date from history.persona_builds") == [(date(2026, 1, 1),)]
        assert rows(
            path, "select model_id, metrics['silhouette'] from history.segmentation_candidates"
        ) == [("kmeans_k3", 0.125)]
    kept = tmp_path / f"state.layout_{number}.duckdb"
    assert "is kept as" in lines[0] and str(kept) in lines[0]
    make_layout(tmp_path / "as_it_was.duckdb", number)
    assert layout(kept) == layout(tmp_path / "as_it_was.duckdb")

    # a second run has nothing to do, and no copy is ever written over
    migrate.migrate_state(path, lines.append)
    assert len(lines) == 2


def persona_ids(path: Path) -> list[str]:
    ((personas,),) = rows(path, "select personas from history.segmentation_champions")
    return [each["persona_id"] for each in personas]


@pytest.mark.parametrize("number", range(2, UNNUMBERED + 1))
def test_what_was_text_is_kept_with_types(tmp_path, number):
    path = tmp_path / "state.duckdb"
    make_layout(path, number)
    migrate.migrate_state(path)
    ((personas, metrics, features, profiles, lifecycle),) = rows(
        path,
        "select personas, metrics, features, feature_profiles, lifecycle "
        "from history.segmentation_champions",
    )
    assert personas == [
        {
            "persona_id": "P005",
            "persona_name": "Big",
            "customer_share": 0.75,
            "jaccard": 0.9,
            "gap": None,
            "is_apart": None,
        },
        {
            "persona_id": "P006",
            "persona_name": "Small",
            "customer_share": 0.25,
            "jaccard": 0.8,
            "gap": None,
            "is_apart": None,
        },
    ]
    # what was not measured is not there
    assert metrics == {"silhouette": 0.25}
    assert features == ["spend"] and profiles == []
    assert [(each["event"], each["persona_id"], each["customers_after"]) for each in lifecycle] == [
        ("born", "P005", 75)
    ]
    assert rows(path, "select metrics from history.segmentation_candidates") == [
        ({"silhouette": 0.125},)
    ]


def test_the_first_segmentations_can_be_scored_on(tmp_path):
    path = tmp_path / "state.duckdb"
    make_layout(path, 1)
    migrate.migrate_state(path)
    ((text, status),) = rows(path, "select parameters, status from history.segmentation_champions")
    parameters = json.loads(text)
    encoding = Encoding.from_dict(parameters["space"]["encoding"])
    assert encoding.inputs == (Input(**INPUT, transform="log1p", low=0.0),)
    assert parameters["space"]["mean"] == [3.5] and parameters["space"]["scale"] == [0.5]
    assert parameters["clustering"] == {
        "algorithm": "kmeans",
        "own_agreement": 1.0,
        "centers": [[0.25], [-1.5]],
        "weights": None,
        "precisions": None,
    }
    assert status == "Chosen."


def test_copies_of_before_are_never_written_over(tmp_path):
    for number in (1, 2):
        path = tmp_path / "state.duckdb"
        path.unlink(missing_ok=True)
        make_layout(path, 1)
        migrate.migrate_state(path)
        assert len(list(tmp_path.glob("state.layout_1*.duckdb"))) == number


def test_a_migration_that_fails_leaves_the_state_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "state.duckdb"
    make_layout(path, UNNUMBERED)
    migrate.migrate_state(path)
    bad = migrate.Migration(
        NEWEST + 1,
        "bad",
        "alter table history.persona_builds add column more int; select error('half way');",
    )
    before = layout(path)
    with duckdb.connect(str(path)) as state, pytest.raises(duckdb.Error, match="half way"):
        migrate._apply(state, bad)
    assert layout(path) == before
    assert rows(path, "select max(version) from history.schema_version") == [(NEWEST,)]


def test_a_migration_killed_at_any_moment_goes_on(tmp_path):
    make_layout(tmp_path / "made.duckdb", 1)
    whole = tmp_path / "whole.duckdb"
    shutil.copy(tmp_path / "made.duckdb", whole)
    killed = 0
    for number, moment in enumerate(moments(3, migrate.migrate_state, whole)):
        path = tmp_path / str(number) / "state.duckdb"
        path.parent.mkdir()
        shutil.copy(tmp_path / "made.duckdb", path)
        killed += kill_at(moment, migrate.migrate_state, path)
        migrate.migrate_state(path)
        assert layout(path) == layout(whole)
        assert persona_ids(path) == ["P005", "P006"]
    assert killed == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("insert into history.schema_version values (99, 'later')", "by a newer release"),
        ("alter table history.persona_builds add column more int", "history.persona_builds lacks"),
        ("drop table history.persona_names", "history.persona_names lacks"),
        ("drop schema history cascade; create table mine as select 1", "no state that this"),
    ],
)
def test_other_layouts_are_refused_and_left_alone(tmp_path, change, said):
    path = tmp_path / "state.duckdb"
    migrate.migrate_state(path)
    with duckdb.connect(str(path)) as state:
        state.execute(change)
    before = layout(path)
    with pytest.raises(DatabaseError, match=said):
        migrate.migrate_state(path)
    assert layout(path) == before
    assert [each.name for each in tmp_path.iterdir()] == ["state.duckdb"]


def test_an_old_backup_is_restored_in_the_newest_layout(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PERSONA_STATE", str(tmp_path / "state" / "state.duckdb"))
    make_layout(tmp_path / "backup.duckdb", 3)
    assert backup.main(["restore", str(tmp_path / "backup.duckdb")]) == 0
    assert persona_ids(tmp_path / "state" / "state.duckdb") == ["P005", "P006"]
    assert [each.name for each in (tmp_path / "state").iterdir()] == ["state.duckdb"]
    with duckdb.connect(str(tmp_path / "backup.duckdb")) as state:
        state.execute("create table history.schema_version (version integer, migration varchar)")
        state.execute("insert into history.schema_version values (99, 'later')")
    capsys.readouterr()
    assert backup.main(["restore", str(tmp_path / "backup.duckdb")]) == 1
    assert "Update the project" in capsys.readouterr().err
    assert persona_ids(tmp_path / "state" / "state.duckdb") == ["P005", "P006"]


def test_migrations_are_numbered_without_a_gap():
    names = sorted(path.name for path in migrate.MIGRATIONS.iterdir())
    assert [int(name[:3]) for name in names] == list(range(1, len(names) + 1))
