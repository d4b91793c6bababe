"""Superset itself takes the dashboards, and answers for every chart."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from bi.superset.bundle import identify, write_bundle

SUPERSET = ROOT / ".venv-superset" / "bin"


def rename_a_chart(bundle: Path, older: Path) -> None:
    """Copy a bundle, with one chart of another name and so of another id."""
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    (chart,) = [
        yaml.safe_load(text)
        for text in files.values()
        if "\nquery_context:" in text and "slice_name: Next best actions\n" in text
    ]
    with zipfile.ZipFile(older, "w") as archive:
        for name, text in files.items():
            renamed = text.replace("slice_name: Next best actions", "slice_name: Next actions")
            archive.writestr(name, renamed.replace(chart["uuid"], identify("Next actions")))


@pytest.mark.slow
@pytest.mark.skipif(not SUPERSET.exists(), reason="make dashboard installs Superset")
def test_superset_answers_for_every_chart(demo, tmp_path):
    bundle, older = tmp_path / "dashboards.zip", tmp_path / "older.zip"
    write_bundle(demo.published, bundle)
    rename_a_chart(bundle, older)
    environment = os.environ | {
        "FLASK_APP": "superset",
        "SUPERSET_HOME": str(tmp_path),
        "SUPERSET_CONFIG_PATH": str(ROOT / "bi" / "superset" / "superset_config.py"),
    }
    for command in (
        [SUPERSET / "superset", "db", "upgrade"],
        [SUPERSET / "python", ROOT / "bi" / "superset" / "load.py", older],
        [SUPERSET / "python", ROOT / "bi" / "superset" / "load.py", bundle],
        [SUPERSET / "python", ROOT / "tests" / "python" / "warehouse" / "superset_answers.py"],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    answers = json.loads(done.stdout.splitlines()[-1])
    with zipfile.ZipFile(bundle) as archive:
        charts = [
            yaml.safe_load(archive.read(name))["slice_name"]
            for name in archive.namelist()
            if "/charts/" in name
        ]
    # one that was called something else before is gone
    assert sorted(answers) == sorted(charts)
    assert all(isinstance(rows, int) and rows > 0 for rows in answers.values()), answers
