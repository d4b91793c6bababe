"""The published file opens in the DuckDB clients that people have, each installed for itself."""

import subprocess
import sys
import textwrap

import pytest

READ = textwrap.dedent(
    """
    import sys
    import duckdb
    assert duckdb.__version__ == sys.argv[1], duckdb.__version__
    with duckdb.connect(sys.argv[2], read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        rows = sum(
            len(connection.execute(f"from {schema}.{table}").fetchall()) for schema, table in tables
        )
        comments = connection.execute(
            "select count(*) from duckdb_columns() where not internal and comment is null"
        ).fetchone()[0]
    print(len(tables), rows, comments)
    """
)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.2.2", "1.4.4", "2.0.0"])
def test_the_published_file_opens(demo, tmp_path, version):
    installed = subprocess.run(
        [
            *[sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"],
            *["--only-binary", ":all:", "--target", str(tmp_path), f"duckdb=={version}"],
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"DuckDB {version} is not to be had for this Python: {installed.stderr[-300:]}")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{READ}"
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, version, str(demo.published)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr[-2000:]
    tables, rows, undescribed = map(int, said.stdout.split())
    ((expected,),) = demo.query_published("select count(*) from information_schema.tables")
    assert tables == expected and rows > 10_000 and undescribed == 0
