"""Superset itself takes the dashboards, and answers for every chart."""

import json
import os
import subprocess
import zipfile

import pytest
import yaml
from conftest import ROOT

from bi.superset.bundle import write_bundle

SUPERSET = ROOT / ".venv-superset" / "bin"


@pytest.mark.slow
@pytest.mark.skipif(not SUPERSET.exists(), reason="make dashboard installs Superset")
def test_superset_answers_for_every_chart(demo, tmp_path):
    bundle = tmp_path / "dashboards.zip"
    write_bundle(demo.published, bundle)
    environment = os.environ | {
        "FLASK_APP": "superset",
        "SUPERSET_HOME": str(tmp_path),
        "SUPERSET_CONFIG_PATH": str(ROOT / "bi" / "superset" / "superset_config.py"),
    }
    for command in (
        [SUPERSET / "superset", "db", "upgrade"],
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
    assert sorted(answers) == sorted(charts)
    assert all(isinstance(rows, int) and rows > 0 for rows in answers.values()), answers
