"""The SELECT list that makes typed canonical columns of a file's text, with the verdict on each record."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ingestion.canonical import CanonicalObject
from ingestion.contract import Column, Entry, Formats
from ingestion.convert import text_of, value_of
from ingestion.scan import EXTRA, query
from ingestion.text import Text
from warehouse.database import literal, quote

NOT_JSON = -1


@dataclass(frozen=True)
class Projection:
    """What one entry of a contract takes from one file."""

    text: Text
    entry: Entry
    target: CanonicalObject
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, text: Text, entry: Entry, target: CanonicalObject) -> Projection:
        """The columns that this file can feed; the others of the raw table stay NULL."""
        columns = tuple(_in_file(c, text) for c in entry.columns if c.file_column is None or c.file_column in text.found)
        return cls(text, entry, target, columns)

    @property
    def key(self) -> str:
        """The key columns, quoted, for a SELECT or a PARTITION BY."""
        return ", ".join(quote(name) for name in self.target.key)

    @property
    def names(self) -> str:
        """All columns that come out, `_extra` included."""
        return ", ".join([quote(column.name) for column in self.columns] + ["_extra"])

    def source(self, numbered: bool) -> str:
        """A SELECT over the file that reads each column once: `_v0`, `_v1`, ... are the typed values, `_t0`, ... the texts."""
        parts = [f"{value_of(column)} AS _v{i}, {text_of(column)} AS _t{i}" for i, column in enumerate(self.columns)]
        parts.append(f"{self._extra()} AS _extra")
        if self.text.shape == "jsonl":
            parts.append("_salesops_valid, _salesops_line")
        if numbered:
            parts.append("_salesops_record")
        return f"SELECT {', '.join(parts)} FROM ({query(self.text, self.entry, numbered)})"

    @property
    def values(self) -> str:
        """The typed values under their canonical names, and the file's unknown columns as JSON; over `source`."""
        return ", ".join([*(f"_v{i} AS {quote(column.name)}" for i, column in enumerate(self.columns)), "_extra"])

    @property
    def bad(self) -> str:
        """The place of the first column that a record fails by; NULL for a good one, -1 for a line that is not JSON."""
        cases = [f"WHEN {condition} THEN {i}" for i, c in enumerate(self.columns) if (condition := _fails(i, c))]
        if self.text.shape == "jsonl":
            cases.insert(0, f"WHEN NOT _salesops_valid THEN {NOT_JSON}")
        return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS INTEGER)"

    @property
    def bad_text(self) -> str:
        """The text that made a record fail."""
        cases = [f"WHEN {i} THEN _t{i}" for i in range(len(self.columns))]
        if self.text.shape == "jsonl":
            cases.append(f"WHEN {NOT_JSON} THEN _salesops_line")
        return f"CASE {self.bad} {' '.join(cases)} END"

    @property
    def best_first(self) -> str:
        """Which of several records with one key is the current one: the latest by cursor, then by content."""
        names = {column.name for column in self.columns}
        cursor = f"{quote(self.target.cursor)} DESC NULLS LAST, " if self.target.cursor in names and self.target.cursor else ""
        return f"{cursor}md5(CAST(row({self.names}) AS VARCHAR)) DESC"

    def _extra(self) -> str:
        if not self.text.extra:
            return "CAST(NULL AS VARCHAR)"
        columns = [f"{EXTRA}{i}" if self.text.shape == "jsonl" else name for i, name in enumerate(self.text.extra)]
        pairs = ", ".join(f"{literal(name)}, {quote(column)}" for name, column in zip(self.text.extra, columns, strict=True))
        return f"nullif(CAST(json_merge_patch('{{}}', json_object({pairs})) AS VARCHAR), '{{}}')"


def _fails(place: int, column: Column) -> str:
    """True where a record must be rejected because of one column; a text of its own kind is never wrong."""
    if column.required:
        return f"_v{place} IS NULL"
    return f"_v{place} IS NULL AND _t{place} IS NOT NULL" if column.sql_type != "VARCHAR" else ""


def _in_file(column: Column, text: Text) -> Column:
    """A column as one file has it: under the header that stands there, and as ISO text where the file carries types."""
    if column.file_column is None:
        return column
    name = text.found[column.file_column]
    formats = column.formats
    if name in text.typed:
        formats = replace(Formats(), null_words=formats.null_words, timezone=formats.timezone)
    if text.shape != "csv" and (column.required or column.sql_type != "VARCHAR"):
        # In CSV an empty cell is no value; so is an empty text here, where a text is not what the column is about.
        formats = replace(formats, null_words=(*formats.null_words, ""))
    return replace(column, file_column=name, formats=formats)
