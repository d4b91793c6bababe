"""Files that nobody means well with: each is refused in a short message that says what to do."""

import os

import duckdb
import pytest

from customer_personas.intake import landing
from customer_personas.intake.errors import LONGEST_LINE, IntakeError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "landing").mkdir()
    monkeypatch.setenv("PERSONA_LANDING_DIR", str(tmp_path / "landing"))
    return tmp_path / "landing"


def refusal() -> str:
    with duckdb.connect() as session, pytest.raises(IntakeError) as error:
        landing.read_entity(session, "declared_needs")
    assert len(str(error.value)) < 2 * LONGEST_LINE
    return str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "customer_id,need," + "x" * 1_000_000 + "\n1,rest,more\n",
        "x" * 1_000_000,
        "id," + ",".join(f"column_{number}" for number in range(5_000)) + "\n1\n",
    ],
    ids=["a name", "a line", "many names"],
)
def test_a_giant_header(folder, text):
    (folder / "declared_needs.csv").write_text(text)
    assert "declared_needs.csv" in refusal()


def test_parentheses_without_end(folder):
    (folder / "declared_needs.csv").write_text("customer_id,need\n1,rest\n")
    expression = "(" * 800 + "need" + ")" * 800
    (folder / "mapping.yml").write_text(
        f'entities:\n  declared_needs:\n    columns:\n      need: {{expression: "{expression}"}}\n'
    )
    assert "Write a shorter one" in refusal()


def test_links_out_of_the_folder_say_nothing_of_what_they_lead_to(folder, tmp_path):
    (tmp_path / "secrets").write_text("root:x:0:0\n")
    (folder / "declared_needs.csv").symlink_to(tmp_path / "secrets")
    said = refusal()
    assert "root" not in said.replace(str(tmp_path), "") and "Put a copy" in said


def test_a_link_to_nothing(folder, tmp_path):
    (folder / "declared_needs.csv").symlink_to(tmp_path / "gone.csv")
    assert "which is not there" in refusal()


def test_a_folder_that_leads_out(folder, tmp_path):
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "declared_needs.csv").write_text("customer_id,need\n1,rest\n")
    (folder / "more").symlink_to(tmp_path / "others")
    assert "No file of the entity" in refusal()


def test_links_within_the_folder_are_read(folder):
    (folder / "newest.txt").write_text("customer_id,need\n1,rest\n")
    (folder / "declared_needs.csv").symlink_to("newest.txt")
    with duckdb.connect() as session:
        assert len(landing.read_entity(session, "declared_needs").fetchall()) == 1


@pytest.mark.parametrize("name", ["declared_needs.csv", "mapping.yml"])
def test_what_is_no_file_is_not_opened(folder, name):
    (folder / "declared_needs.csv").write_text("customer_id,need\n1,rest\n")
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)  # who opens it waits for whoever writes into it
    assert "is no file, but a pipe" in refusal()


def test_a_mapping_that_leads_out_says_nothing_of_it(folder, tmp_path):
    (folder / "declared_needs.csv").write_text("customer_id,need\n1,rest\n")
    (tmp_path / "secrets").write_text("root: x: 0\n")
    (folder / "mapping.yml").symlink_to(tmp_path / "secrets")
    said = refusal()
    assert "x: 0" not in said and "Put a copy" in said
