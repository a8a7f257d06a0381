"""Parquet files: the columns carry types of their own; each value goes through its exact text into the contract's type."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.contract import Contract
from ingestion.scan import pattern_of
from ingestion.text import Text, match


def read_parquet_file(path: Path, contract: Contract, connection: duckdb.DuckDBPyConnection) -> Text:
    """A Parquet file.

    Raises:
        UnreadableError: a column is missing.
        duckdb.Error: it is no Parquet file, or is damaged.
    """
    rows = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({pattern_of(path)})").fetchall()
    header = [str(row[0]) for row in rows]
    typed = frozenset(str(row[0]) for row in rows if row[1] != "VARCHAR")
    return match(path, "parquet", contract, header, typed=typed)
