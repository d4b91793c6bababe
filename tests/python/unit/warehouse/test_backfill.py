"""Past dates built one after the other."""

from datetime import date

import pytest

from customer_personas.warehouse import backfill


def test_dates_to_back_fill_are_put_in_order():
    assert backfill.ordered_dates(["2025-02-01", "2025-01-01", "2025-02-01"]) == [
        date(2025, 1, 1),
        date(2025, 2, 1),
    ]
    with pytest.raises(ValueError, match="'yesterday' is no date"):
        backfill.ordered_dates(["yesterday"])


def test_variables_to_back_fill_with_are_checked():
    assert backfill.read_variables("") == {}
    with pytest.raises(ValueError, match="give names with values"):
        backfill.read_variables("refit=always")
    with pytest.raises(ValueError, match="give the dates to build"):
        backfill.read_variables("{as_of_date: 2025-01-01}")


def test_a_back_fill_builds_oldest_first_and_stops_at_a_failure(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PERSONA_STATE", str(tmp_path / "none_yet.duckdb"))
    built = []

    def build(day, variables, options):
        built.append((day.isoformat(), variables, options))
        return day.isoformat() == "2025-02-01"

    monkeypatch.setattr(backfill, "build", build)
    given = ["2025-03-01", "2025-01-01", "2025-02-01", "--vars", "{refit: always}", "--quiet"]
    assert backfill.main(given) == 1
    assert built == [
        ("2025-01-01", {"refit": "always"}, ["--quiet"]),
        ("2025-02-01", {"refit": "always"}, ["--quiet"]),
    ]
    assert "The build of 2025-02-01 failed" in capsys.readouterr().err
    assert backfill.main(given[:2] + given[3:]) == 0
    assert [day for day, *_ in built[2:]] == ["2025-01-01", "2025-03-01"]
