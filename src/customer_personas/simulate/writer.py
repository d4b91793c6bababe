"""Writing tables of text piece by piece, as CSV or Parquet."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

FORMATS = ("csv", "parquet")


class TableWriter:
    """One file, written piece by piece so that memory stays bounded.

    Parameters
    ----------
    directory : pathlib.Path
        Where the file goes.
    name : str
        File name without its ending.
    file_format : str
        ``csv`` or ``parquet``.
    """

    def __init__(self, directory: Path, name: str, file_format: str) -> None:
        self.path = directory / f"{name}.{file_format}"
        self._format = file_format
        self._writer: pa_csv.CSVWriter | pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Append a table; the first one sets the columns.

        Parameters
        ----------
        table : pyarrow.Table
            Rows, all columns text.
        """
        if self._writer is None:
            self._writer = self._open(table.schema)
        if self._format == "parquet":
            table = table.combine_chunks()
        self._writer.write_table(table)

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()

    def _open(self, schema: pa.Schema) -> pa_csv.CSVWriter | pq.ParquetWriter:
        if self._format == "parquet":
            return pq.ParquetWriter(self.path, schema, compression="zstd")
        # No text here holds a comma or a quote; the writer raises if that should ever change.
        options = pa_csv.WriteOptions(quoting_style="none", quoting_header="none")
        return pa_csv.CSVWriter(self.path, schema, write_options=options)
