"""Every command and every Python block of the documents is run, or looked at where it cannot be.

`customer-personas` and Python run in copies of the demo. What builds, sets up or fetches is looked
at: targets of make, options, vars and nodes of dbt, environment variables. Queries are tried in
test_document_queries.py, steps for contributors in test_recipes.py.
"""

import argparse
import contextlib
import importlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import ROOT, Company
from documents import DOCUMENTS, Block, blocks_of_document

from benchmarks import document_results
from customer_personas import cli
from customer_personas.simulate import simulate
from customer_personas.warehouse.variables import describe_unknown

SHELLS = ("bash", "sh", "console")
# Programs that are not this project's: a test may not use the network, the disk of whoever runs it,
# or tools that need not be there.
OTHERS = {
    "awk": "writes YAML for a source system: test_recipes.py runs it",
    "sed": "the same",
    "cd": "of the shell",
    "set": "of the shell",
    "unset": "of the shell",
    "source": "of the shell: .venv may lie elsewhere, and /etc is not the test's",
    "mail": "sends something",
    "git": "changes the clone or needs a network",
    "pre-commit": "changes the clone",
}
# Commands of customer-personas that start dbt: they are looked at here, and run by slow tests.
START_DBT = {"audience", "backfill"}
# Values that stand for what a reader has: checked as far as the text before them goes.
READERS_OWN = {"PERSONA_LANDING_DIR=/their/folder", "keep_electronics_buyers"}
# Python packages that readers may have, and the project does not.
NOT_OURS = {"polars"}


@dataclass(frozen=True)
class Command:
    """A command of a document: its words, with the variables set in front of it."""

    document: str
    words: tuple[str, ...]
    variables: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        return self.words[0]

    @property
    def is_costly(self) -> bool:
        """One report is drawn by `make test`; a check has dbt parse the project."""
        is_further = len(self.words) + len(self.variables) > 2
        return self.words[1] == "check" or (self.words[1] == "report" and is_further)

    def __str__(self) -> str:
        """Say it as a shell would be told."""
        return " ".join([*self.variables, *self.words])


def commands_of(document: str, block: Block) -> Iterator[Command]:
    """Split the lines of a shell into commands."""
    text = re.sub(r"\\\n", " ", block.text)
    # <its folder>: what a reader puts in; a substitution gives one word
    text = re.sub(r"<[^<>&|;\n]*>", "placeholder", text)
    text = re.sub(r"\$\([^)]*\)", "substituted", text)
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="&|;>")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if re.fullmatch(r"[&|;]+", word):
                if words:
                    yield make_command(document, words)
                words = []
            else:
                words.append(word)


def make_command(document: str, words: list[str]) -> Command:
    """Part a command from the variables in front of it and from where its output goes."""
    if ">" in words:
        words = words[: words.index(">")]
    assigned = [word for word in words if re.match(r"[A-Z_]+=", word)]
    if words[0] == "export" or len(assigned) == len(words):
        return Command(document, ("export",), tuple(assigned))
    first = next(place for place, word in enumerate(words) if word not in assigned)
    return Command(document, tuple(words[first:]), tuple(words[:first]))


def is_shell(block: Block) -> bool:
    """Tell commands from what they print, which has no language either."""
    start = re.compile(r"(customer-personas|dbt|make|export|source|python|pip|git) ")
    return block.language in SHELLS or (not block.language and bool(start.match(block.text)))


COMMANDS = [
    command
    for document in DOCUMENTS
    for block in blocks_of_document(document)
    if is_shell(block)
    for command in commands_of(document, block)
]
OURS = [
    command
    for command in dict.fromkeys(
        Command("", each.words, each.variables)
        for each in COMMANDS
        if each.program == "customer-personas"
    )
    if command.words[1] not in START_DBT and not READERS_OWN & {*command.words, *command.variables}
]


def known_variables() -> set[str]:
    """Environment variables that something in the project reads."""
    read = subprocess.run(
        ["git", "grep", "-ohE", "PERSONA_[A-Z_]+", "--", "*.py", "*.yml", "*.sql", "Makefile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(read.stdout.split())


def test_commands_are_found():
    assert len(COMMANDS) > 60
    assert {"customer-personas", "dbt", "make", "duckdb", "export"} <= {
        each.program for each in COMMANDS
    }
    split = list(commands_of("", Block("bash", None, ("A=1 dbt build && x 'a; b' > file  # why",))))
    assert [each.words for each in split] == [("dbt", "build"), ("x", "a; b")]
    assert split[0].variables == ("A=1",)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: f"{each.document}: {each}"[:90])
def test_each_command_can_be_given(command):
    known = known_variables()
    for assigned in command.variables:
        name = assigned.partition("=")[0]
        assert name in known, f"nothing reads {name}"
    look = {
        "customer-personas": look_at_ours,
        "dbt": look_at_dbt,
        "make": look_at_make,
        "pip": look_at_pip,
        "python": look_at_python,
        "duckdb": lambda words: None,  # run below
        "export": lambda words: None,
        "placeholder": lambda words: None,
    }
    if command.program not in OTHERS:
        look[command.program](command.words[1:])


def look_at_pip(words: tuple[str, ...]) -> None:
    locks = [words[place + 1] for place, word in enumerate(words) if word == "-r"]
    assert locks and "--require-hashes" in words
    assert all((ROOT / each).exists() for each in locks)


def look_at_make(words: tuple[str, ...]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for word in words:
        if "=" in word:
            assert re.search(rf"^{word.partition('=')[0]} \?=", makefile, re.MULTILINE), word
        else:
            assert re.search(rf"^{word}:", makefile, re.MULTILINE), word


def look_at_python(words: tuple[str, ...]) -> None:
    if words[0] == "-m":
        assert importlib.util.find_spec(words[1]), words
    elif words[0] != "-c":
        assert (ROOT / words[0]).exists(), words


class ReadError(Exception):
    """Raised in the place of what a command would do with its arguments."""


def look_at_ours(words: tuple[str, ...]) -> None:
    """Have the command's own parser read the arguments, and go no further."""
    module, _ = cli.COMMANDS[words[0]]
    read, depth = argparse.ArgumentParser.parse_known_args, 0

    def parse_known_args(self, *arguments, **options):
        nonlocal depth
        depth += 1
        found, rest = read(self, *arguments, **options)
        depth -= 1
        if depth == 0:
            # what a backfill does not know it gives to dbt
            assert not rest or words[0] == "backfill", rest
            raise ReadError
        return found, rest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "parse_known_args", parse_known_args)
        with pytest.raises(ReadError):
            importlib.import_module(module).main(list(words[1:]))


def look_at_dbt(words: tuple[str, ...]) -> None:
    """Have dbt's own parser read the arguments; vars and nodes are those of the project."""
    from dbt.cli.main import cli as dbt

    path = words[:2] if words[0] == "docs" else words[:1]
    found = dbt
    for word in path:
        found = found.commands[word]
    given = found.make_context(path[-1], list(words[len(path) :])).params
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    assert describe_unknown(given.get("vars") or {}, project["vars"]) is None
    if given.get("profiles_dir"):
        assert (ROOT / given["profiles_dir"] / "profiles.yml").exists()
    for name in re.findall(r"ref\('(\w+)'\)", given.get("inline") or "") + [
        node.strip("+") for node in given.get("select") or () if ":" not in node
    ]:
        files = [*ROOT.glob("models/**/*"), *ROOT.glob("python_models/**/*")]
        assert name in {path.stem for path in files}, name


@contextlib.contextmanager
def standing_in(company: Company) -> Iterator[None]:
    """Work in the folder of a company, with none of whoever runs the tests' variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PERSONA_")]:
            patch.delenv(name)
        patch.chdir(company.folder)
        mask = os.umask(0o022)
        try:
            yield
        finally:
            # commands keep what they write to its owner, and so would this process
            os.umask(mask)


@pytest.fixture(scope="module")
def reader(demo, tmp_path_factory) -> Company:
    """A copy of the demo, with files of another company in its landing folder."""
    company = demo.copy_to(tmp_path_factory.mktemp("reader") / "clone")
    simulate(60, company.landing, "csv", 3, company.folder / "truth")
    return company


@pytest.mark.parametrize(
    "command",
    [pytest.param(each, marks=[pytest.mark.slow] if each.is_costly else []) for each in OURS],
    ids=str,
)
def test_each_command_of_ours_does_its_work(reader, command):
    """In the order of the documents: what one leaves the next one finds."""
    with standing_in(reader), pytest.MonkeyPatch.context() as patch:
        for assigned in command.variables:
            patch.setenv(*assigned.split("=", 1))
        assert cli.main(list(command.words[1:])) == 0


PYTHON = [
    pytest.param(document, id=document)
    for document in DOCUMENTS
    if any(each.language == "python" and not each.file for each in blocks_of_document(document))
]


@pytest.mark.parametrize("document", PYTHON)
def test_python_of_a_document_runs(demo, document):
    names: dict = {}
    with standing_in(demo):
        for block in blocks_of_document(document):
            if block.language != "python" or block.file:
                continue
            code = compile(block.text, document, "exec")
            lacking = [
                name
                for name in NOT_OURS & set(re.findall(r"^import (\w+)", block.text, re.MULTILINE))
                if importlib.util.find_spec(name) is None
            ]
            if not lacking:
                exec(code, names)
                # what an expression is said to be, as `table.shape  # (3, 4)`
                for expression, told in re.findall(r"(?m)^(\S+)  # (.+)$", block.text):
                    assert str(eval(expression, names)) == told, (document, expression)


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if each.program == "duckdb"], ids=str
)
def test_queries_on_the_command_line_run(demo, command, tmp_path):
    *options, query = command.words[1:]
    assert options == ["-readonly", "published/customer_personas.duckdb"]
    query = query.replace("to '", f"to '{tmp_path}/")
    with duckdb.connect(str(demo.published), read_only=True) as connection:
        connection.execute(query)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, id=f"{document}: {block.file}")
        for document in DOCUMENTS
        for block in blocks_of_document(document)
        if is_shell(block) and block.file
    ],
)
def test_scripts_are_sound(block, tmp_path):
    script = tmp_path / "script"
    script.write_text(block.text)
    done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# The rest builds.


def test_what_documents_show_is_found():
    text = (ROOT / "docs" / "connect_bi_tool.md").read_text(encoding="utf-8")
    assert len(document_results.PRINTED.findall(text)) == text.count("```\n┌") == 1


@pytest.mark.slow
@pytest.mark.parametrize("document", document_results.DOCUMENTS)
def test_results_that_a_document_shows_are_those_of_the_demo(demo, document):
    text = (ROOT / document).read_text(encoding="utf-8")
    assert document_results.SHOWN.search(text)
    with duckdb.connect(str(demo.published), read_only=True) as connection:
        assert document_results.refresh(text, connection) == text, "make build, then make results"


@pytest.fixture(scope="module")
def follower(tmp_path_factory) -> Company:
    """A clone in which the tutorial was followed: its audience is written, and built."""
    built = {".venv", ".git", "target", "logs", "warehouse", "state", "published", "landing"}
    clone = tmp_path_factory.mktemp("follower") / "clone"
    shutil.copytree(ROOT, clone, ignore=lambda at, _: built if Path(at) == ROOT else set())
    for block in blocks_of_document("docs/tutorial.md"):
        if block.file:
            (clone / block.file).write_text(block.text)
    company = Company(clone)
    build = company.start("build", "--exclude-resource-type", "unit_test")
    said, _ = build.communicate()
    assert build.returncode == 0, said[-6000:]
    return company


@pytest.mark.slow
def test_the_tutorial_can_be_followed_to_its_end(follower):
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        if command.document == "docs/tutorial.md" and "keep_electronics_buyers" in command.words:
            done = subprocess.run(
                [sys.executable, "-m", "customer_personas", *command.words[1:]],
                cwd=follower.folder,
                env=os.environ | {"PYTHONPATH": str(follower.folder / "src")},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            # that of the preview differs: the audience is built by now
            for line in done.stdout.splitlines()[:1]:
                assert line in text
    assert follower.query_published(
        "select 1 from marts.audiences where audience = 'keep_electronics_buyers'"
    )
