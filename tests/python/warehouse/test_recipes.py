"""What CONTRIBUTING and docs/connect_your_records.md tell to write does what they say.

Their blocks of code are applied to one copy of the project: that they fit the code is tried always.
Slow tests then build the copy as far as the features. The build has two systems that sell, so it
also shows that products of one id stay two.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, Company
from documents import Block, blocks_of

from customer_personas.intake.landing import entity_query, land_files

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
CONNECT = ROOT / "docs" / "connect_your_records.md"

SYSTEMS = {
    "demo": [
        *("customers", "order_lines", "web_events", "feedback", "declared_needs"),
        *("consents", "contacts"),
    ],
    "shop": ["order_lines"],
    "crm": ["customers"],
}
# What this test does at once, or not at all.
NOT_RUN = ("dbt ", "make ", "export ", "source ", "pre-commit ")

# Files that the mappings of the guide speak of.
FILES = {
    "crm/people_1.csv": "Kundennummer,first_name,last_name,model_number,clerk,Churn,"
    "MonthlyCharges,pdays\n007,Ann,Lee,0012,me,Yes,9.5,999\n",
    "sales_1.csv": "Kundennummer,sale_date,sale_time,amount_cents,Menge,kind,Artikel\n"
    "007,31.12.2024,18:30,1000,4,R,a1\n",
    "products.csv": "id,price,category\na1,2.50,tea\n",
    "items.csv": "order_id,sku,rabatt\n1,a1,0.1\n",
    "orders.csv": "order_id,customer_id,ordered_at\n1,007,2024-12-31\n",
    "crm/de_1.csv": "Kundennummer,birth_date\n007,03.04.1990\n",
    "crm/us_1.csv": "Account #,birth_date\n8,03/04/1990\n",
    # for a mapping that names no files
    "customers.csv": "customer_id,Churn,last_mailing,preferred_tariff\n007,Yes,answered,flat\n",
}


def section(document: Path, first: str, last: str) -> str:
    """The text between two headings."""
    text = document.read_text()
    return text[text.index(f"\n{first}\n") : text.index(f"\n{last}\n")]


def add_lines(text: str, diff: Sequence[str]) -> str:
    """Apply a diff of context and added lines; the context has to be there once."""
    before = "\n".join(line[1:] for line in diff if line[:1] != "+")
    after = "\n".join(line[1:] for line in diff)
    found = re.findall(rf"^{re.escape(before)}$", text, re.MULTILINE)
    assert len(found) == 1, f"{len(found)} places for\n{before}"
    return re.sub(rf"^{re.escape(before)}$", lambda _: after, text, flags=re.MULTILINE)


def apply(block: Block, project: Path) -> None:
    """Do to a copy of the project what a block says."""
    if block.file is not None:
        file = project / block.file
        if block.language == "diff":
            file.write_text(add_lines(file.read_text(), block.lines))
        elif block.language == "csv" and file.exists():
            file.write_text(file.read_text().rstrip("\n") + "\n" + block.text)
        else:
            assert not file.exists(), file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)
    elif block.language == "bash":
        run([line for line in block.lines if not line.startswith(NOT_RUN)], project)


def run(commands: list[str], project: Path) -> str:
    """Run lines of a shell in a project, with its package."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(project / "src"),
    }
    done = subprocess.run(
        ["bash", "-euc", "\n".join(commands)],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project in which every recipe has been followed."""
    built = {".venv", ".git", "target", "logs", "warehouse", "state", "published", "landing"}
    copy = tmp_path_factory.mktemp("recipes") / "project"
    shutil.copytree(ROOT, copy, ignore=lambda at, _: built if Path(at) == ROOT else set())
    for recipes in (
        section(CONTRIBUTING, "## Add a canonical column", "## Demo seeds"),
        section(CONNECT, "### From an attached database", "### Two worked examples"),
    ):
        for block in blocks_of(recipes):
            apply(block, copy)
    return copy


@pytest.fixture(scope="module")
def company(project) -> Company:
    """A company of three systems, built in the copy as far as the features."""
    with duckdb.connect(str(project / "crm.duckdb")) as crm:
        crm.execute(
            "create table people as select '7' as customer_id, 'ann@example.org' as email, "
            "'f' as gender, date '1990-04-03' as born, date '2024-02-01' as joined, "
            "true as opt_in, 'gold' as loyalty_tier"
        )
    company = Company(
        project,
        {"source_systems": SYSTEMS, "observation_dates_max": 1},
        {"DBT_WRITE_JSON": "true"},
    )
    # a process of its own: what other tests have parsed is another project
    build = company.start(
        *("build", "--exclude-resource-type", "unit_test"),
        *("--select", "+customer_features", "+feature_catalog", "+target_labels"),
        *("+category_sales", "+rejected_records", "record_reconciliation"),
        *("persona_vocabulary", "--indirect-selection", "cautious"),
    )
    said, _ = build.communicate()
    assert build.returncode == 0, said[-6000:]
    return company


@pytest.mark.slow
def test_each_recipe_gives_what_it_promises(company):
    (shop, crm) = company.query(
        "select received, accepted from monitoring.record_reconciliation "
        "where source_system != 'demo' order by source_system desc"
    )
    assert shop == crm == (1, 1)
    assert company.query("select 1 from features.customer_features where average_line_value > 0")
    assert company.query(
        "select label from features.target_labels where target = 'will_complain' "
        "group by label order by label"
    ) == [("no",), ("yes",)]
    assert company.query(
        "select 1 from monitoring.rejected_records "
        "where rejection_reason = 'implausible_unit_price' and meaning is not null"
    )
    assert company.query("select 1 from reference.persona_vocabulary where adjective = 'Daytime'")
    assert company.query("select 1 from marts.category_sales where customer_count > 0")


@pytest.mark.slow
def test_a_new_mart_is_published(company):
    manifest = json.loads((company.folder / "target" / "manifest.json").read_text())
    published = manifest["parent_map"]["model.customer_personas.publish"]
    assert "model.customer_personas.category_sales" in published


@pytest.mark.slow
def test_products_of_two_systems_with_one_id_are_two(company):
    """The shop's BO20 is green tea; the demo's is a box set of books."""
    products = company.query(
        "select product_id, product_name, product_category from intermediate.int_products "
        "where product_id like '%:BO20' order by product_id"
    )
    assert [product for product, *_ in products] == ["demo:BO20", "shop:BO20"]
    assert products[0][2] == "books"
    # a category that fewer than minimum_cell customers bought counts as unknown
    assert products[1][1:] == ("Green tea", None)
    assert company.query(
        "select count(*) from intermediate.int_customer_category_days "
        "where customer_id like 'shop:%' and product_category = 'books'"
    ) == [(0,)]
    assert not company.query(
        "select 1 from intermediate.int_web_events where product_id not like 'demo:%'"
    )


def test_a_new_algorithm_is_fitted_as_any_other(project):
    names = "['decision_tree', 'linear_discriminant']"
    said = run(
        [
            "python - <<'END'",
            "from customer_personas.prediction import models",
            f"for algorithm in models.find_algorithms({names}):",
            "    print(algorithm.name, sorted(algorithm.grid))",
            "END",
        ],
        project,
    )
    assert "linear_discriminant ['shrinkage']" in said


def test_mappings_of_the_guide_read_their_files(tmp_path):
    mappings = [
        block
        for block in blocks_of(CONNECT.read_text())
        if block.language == "yaml" and block.file is None and "entities:" in block.lines
    ]
    assert len(mappings) == 4
    for number, block in enumerate(mappings):
        folder = tmp_path / str(number)
        text = "\n".join(block.lines)
        for name, content in FILES.items():
            is_named = name in text or re.search(rf'"{name.rsplit("_", 1)[0]}_?\*', text)
            if is_named or (name == "customers.csv" and "files:" not in text):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(content)
        (folder / "mapping.yml").write_text(text)
        with duckdb.connect() as session:
            for entity in ("customers", "order_lines"):
                if f"{entity}:" in text:
                    query = entity_query(land_files(session, folder, entity).readings, entity)
                    read = session.sql(query)
                    assert read.filter("read_error is null").fetchall()
                    assert not read.filter("unreadable_columns is not null").fetchall()
                    assert read.filter("customer_id = '007'").fetchall()
