"""Folders of any name: everything that opens, attaches or writes files works in them."""

import json
import os
import shutil

import pytest
from handmade import Handmade, make_company
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from customer_personas.cli import main
from customer_personas.warehouse import manifests

# Signs that mean something to SQL, to a shell, to patterns of file names or to formats of paths.
HOSTILE = "'\";%$`*[]{}()<>|&#!~=,:@+^-. \tab\u00e9\u00df\u4e2d\u0440\U0001f600\n"
NAMES = st.text(alphabet=HOSTILE, min_size=1, max_size=20).filter(
    lambda name: name not in (".", "..")
)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Handmade:
    return make_company(tmp_path_factory.mktemp("made") / "company")


@settings(
    max_examples=int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "1")),
    deadline=None,
    derandomize=True,
    # a name that fails is short enough
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(name="O'Brien & Sons' 50 % [new]*{}")
@example(name='";drop table x;-- \u5ba2\u6237 \u00fcber')
@given(name=NAMES)
def test_everything_works_in_a_folder_of_any_name(made, tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("hostile") / name
    shutil.copytree(made.folder, folder, symlinks=True)
    company, answer, backup = Handmade(folder), folder / "answer.json", folder / "backup.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in company.environment.items():
            patch.setenv(variable, value)
        patch.chdir(folder)
        assert main(["privacy", "access", "c1", "--to", str(answer)]) == 0
        held = json.loads(answer.read_text())
        assert held["state"]["history.persona_changes"] and set(held["published"]) == {"1", "2"}
        assert main(["backup", "save", str(backup)]) == 0
        assert main(["privacy", "erase", "c1"]) == 0
        assert main(["backup", "restore", str(backup)]) == 0
        (folder / "state.duckdb.replaced").unlink()
        rows = company.rows_of("c1")
        # it is the backup of before, and the erasure counts all the same
        assert not any(rows.values()) and company.tombstones() == 1
        assert all(company.rows_of("c2").values())
        assert main(["versions", "--roll-back", "1"]) == 0
        assert manifests.damages(company.published / "versions" / "3") == []
    shutil.rmtree(folder)


def test_a_company_is_made_and_published_in_such_a_folder(tmp_path):
    company = make_company(tmp_path / "O'Brien %s \u5ba2[1]", versions=1)
    assert len(company.rows_of("c1")["version 1"]) == 1
    assert manifests.damages(company.published / "versions" / "1") == []


@pytest.mark.parametrize("name", ["what?", "back\\slash"])
def test_a_folder_that_the_engine_misreads_is_refused(tmp_path, monkeypatch, capsys, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "state.duckdb").touch()
    for variable, value in Handmade(folder).environment.items():
        monkeypatch.setenv(variable, value)
    assert main(["privacy", "erase", "c1"]) == 2
    assert "Choose folders and files without" in capsys.readouterr().err
