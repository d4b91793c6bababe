"""The least that anything can do: ``python plain_scan.py RECORDS`` reads and hashes every value."""

import sys
from pathlib import Path

import duckdb

connection = duckdb.connect()
connection.execute("set threads = 2")
for path in sorted(Path(sys.argv[1]).glob("*.parquet")):
    connection.execute(f"select bit_xor(hash(columns(*))) from '{path}'").fetchall()
