"""The profiles: what they set, dbt-duckdb can set."""

from pathlib import Path

import pytest
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments.local import LocalEnvironment

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize("path", ["profiles.yml", "profiles/prod/profiles.yml"])
def test_a_build_goes_on_after_the_engine_has_worked_on_disk(path, tmp_path):
    profile = yaml.safe_load((PROJECT / path).read_text(encoding="utf-8"))["customer_personas"]
    output = profile["outputs"][profile["target"]]
    values = {"memory_limit": "60MB", "temp_directory": str(tmp_path / "temp"), "TimeZone": "UTC"}
    own = {
        place: {name: values[name] for name in output.get(place, {})}
        for place in ("settings", "config_options")
    }
    environment = LocalEnvironment(
        DuckDBCredentials(path=str(tmp_path / "warehouse.duckdb"), schema="main", **own)
    )
    first = environment.handle().cursor()
    first.execute("create table numbers as select hash(range) as number from range(10000000)")
    first.execute("create table sorted as from numbers order by number")
    assert any((tmp_path / "temp").iterdir())
    # another cursor, as the next model has one
    environment.handle().cursor().execute("from sorted limit 1")
