"""The parts of benchmarks/ that decide what a figure means."""

import sys
from xml.etree import ElementTree

import duckdb
import pytest

from benchmarks.answers import COMPARED, answers_of, differences
from benchmarks.deliveries import DATED_BY, split_last_day
from benchmarks.measured import run
from benchmarks.report import growth_exponent, plot, ratio_table, steps_table, write_report
from customer_personas.simulate import simulate

COST = {"cpu": 10.0, "wall": 6.0, "memory": 0.5, "disk": 0.0}
NAMES = {"full": "first build", "pandas": "pandas", "spark": "PySpark"}


def result_of(customers, cpu):
    return {
        "customers": customers,
        "records": 100 * customers,
        "observations": 3,
        "last_day": 5,
        "machine": "two cores",
        "versions": "Python 3",
        "date": "2026-01-01",
        "steps": {"full": COST | {"cpu": cpu}, "pandas": COST},
        "remarks": {"pandas": "the same", "spark": "left out"},
        "groups": {"features": cpu / 2},
    }


def test_the_last_day_comes_later_and_no_record_is_lost(tmp_path):
    simulate(60, tmp_path / "all", "parquet", 1, tmp_path / "truth")
    counts = split_last_day(tmp_path / "all", tmp_path / "before", tmp_path / "last")
    days = set()
    for entity, column in DATED_BY.items():
        files = {
            name: f"'{tmp_path}/{name}/{entity}*.parquet'" for name in ("all", "before", "last")
        }
        rows = {
            name: duckdb.sql(f"select * from {path} order by all").fetchall()
            for name, path in files.items()
        }
        assert sorted(map(str, rows["before"] + rows["last"])) == sorted(map(str, rows["all"]))
        assert counts[entity] == len(rows["last"])
        dated = duckdb.sql(f"select distinct left({column}, 10) from {files['last']}")
        days.update(dated.fetchall())
    assert len(days) == 1
    assert counts["order_lines"] > 0


def test_growth_in_proportion_has_the_exponent_one_and_with_the_square_two():
    assert growth_exponent([10, 100, 1000], [3, 30, 300]) == pytest.approx(1)
    assert growth_exponent([10, 100], [1, 100]) == pytest.approx(2)


def test_only_answers_beyond_the_tolerance_differ():
    ours = {"rows": 100.0, "spend": 1e6}
    assert differences(ours, {"rows": 100.0, "spend": 1e6 + 0.5}) == {}
    assert differences(ours, {"rows": 99.0, "spend": 1e6}) == {"rows": pytest.approx(0.01)}
    assert differences(ours, {"rows": 100.0}) == {"spend": 1}


def test_answers_are_sums_over_all_rows(tmp_path):
    columns = ", ".join(f"2 as {name}" for name in COMPARED)
    path = tmp_path / "features.parquet"
    duckdb.sql(f"copy (select 'a' as customer_id, {columns} from range(3)) to '{path}'")
    answers = answers_of(str(path))
    assert (answers["rows"], answers["customers"]) == (3, 1)
    assert {answers[name] for name in COMPARED} == {6}


def test_a_command_is_measured_and_a_failing_one_stops_with_what_it_said(tmp_path):
    python, log = sys.executable, tmp_path / "log"
    cost = run([python, "-c", "sum(range(10**7))"], log, tmp_path, {})
    assert 0 < cost.cpu < 60
    assert cost.memory > 0.001
    with pytest.raises(RuntimeError, match="no such thing"):
        run([python, "-c", "raise SystemExit('no such thing')"], log, tmp_path, {})


def test_the_report_says_ratios_what_was_left_out_and_draws_a_picture(tmp_path):
    results = [result_of(1000, 5.0), result_of(10_000, 50.0)]
    assert "| first build / pandas | 0.50 | 5.00 |" in ratio_table(results)
    day = {"day": COST | {"cpu": 20.0}, "parse": COST}
    apart = ratio_table([result_of(1000, 110.0) | {"steps": result_of(1000, 110.0)["steps"] | day}])
    assert "| one more day / first build, start of dbt apart | 0.10 |" in apart
    assert "| PySpark |  |  |  |  |  | left out |" in steps_table(results[0], NAMES)
    ElementTree.fromstring(plot(results))
    document = tmp_path / "benchmarks.md"
    document.write_text("Words.\n\n<!-- figures -->\nold figures\n")
    write_report(results, NAMES, document)
    text = document.read_text()
    assert text.startswith("Words.")
    assert "old figures" not in text
    assert "| first build | 5.0 | 50.0 | 1.00 |" in text
