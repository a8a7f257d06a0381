"""Writes the contract that a survey proposes: YAML that a person reads and edits, with the evidence beside each choice."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion import canonical, labels
from ingestion.column_formats import Mapped
from ingestion.peek import Peek
from ingestion.survey import Section, Survey

LOGICAL_TYPES = {
    "VARCHAR": "string",
    "DECIMAL(18,2)": "number",
    "DOUBLE": "number",
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
_FILE_DATES = (
    (r"(\d{4}-\d{2}-\d{2})", "%Y-%m-%d"),
    (r"(\d{4}_\d{2}_\d{2})", "%Y_%m_%d"),
    (r"(?<!\d)(\d{8})(?!\d)", "%Y%m%d"),
)
_PLAIN = re.compile(r"[A-Za-z][\w ./()%-]*")
_YAML_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


@dataclass(frozen=True)
class FileDate:
    """The date in a file's name: pattern and strptime format as extractTime needs them, and the day itself."""

    pattern: str
    format: str
    day: dt.date


@dataclass(frozen=True)
class Naming:
    """What a contract is called and which files it claims; `about` are sentences for its head."""

    id: str
    source: str
    path: str
    extract: FileDate | None
    about: tuple[str, ...] = ()


def file_date(name: str) -> FileDate | None:
    """The date that a file's name carries, where it carries one that no other reading of the digits could be."""
    for pattern, form in _FILE_DATES:
        for found in re.finditer(pattern, name):
            try:
                return FileDate(pattern, form, dt.datetime.strptime(found.group(1), form).date())
            except ValueError:
                continue
    return None


def slug(text: str) -> str:
    """A name for a source: lower case, digits and _ only, beginning with a letter."""
    found = re.sub(r"\W+", "_", labels.plain(text).encode("ascii", "ignore").decode()).strip("_")
    return found if found[:1].isalpha() else f"export_{found}".rstrip("_")


def own_name(path: Path) -> str:
    """How an object of one's own could be called that a file holds: mine.besuche, for Besuche_2026-10-31.csv."""
    stem = path.name.split(".", maxsplit=1)[0]
    return f"mine.{slug(_base(stem, file_date(stem)) or 'export')}"


def _base(stem: str, extract: FileDate | None) -> str:
    """What of a file's name stays the same from export to export."""
    base = re.sub(r"\s*\(\d+\)$", "", stem)
    if extract is not None:
        base = re.split(extract.pattern, base)[0]
    return re.sub(r"[\d_. -]+$", "", base)


def naming(peek: Peek, object_name: str) -> Naming:
    """A name and a path pattern from the file's own name: what changes from export to export becomes `*`."""
    stem = peek.path.name[: len(peek.path.name) - len(peek.ending)]
    extract = file_date(stem)
    base = _base(stem, extract)
    path = re.sub(r"[\[\]?*]", "?", base) + "*" + peek.ending
    if object_name not in canonical.objects():
        return Naming(object_name, object_name.split(".", maxsplit=1)[0], path, extract)
    source = slug(base or "export")
    return Naming(f"{source}.{canonical.objects()[object_name].table.split('__')[1]}", source, path, extract)


def draft(survey: Survey, names: Naming, more: Mapping[str, Any] | None = None) -> str:
    """The text of the contract; `more` are customProperties that a person asked for.

    A column that nobody but a person can decide on stands there as a comment in every reading: none is chosen.
    """
    lines = [f"# {sentence}" for sentence in (*names.about, *survey.evidence, *([survey.key_note] if survey.key_note else []))]
    if survey.undecided:
        columns = ", ".join(repr(item.label) for item in survey.undecided)
        lines.append(f"# TO DECIDE before this contract reads everything: {columns}. Look for UNDECIDED below.")
    peek = survey.peek
    server = f"server: inbox, type: local, path: {_scalar(names.path)}, format: {peek.format}"
    lines += [
        "apiVersion: v3.1.0",
        "kind: DataContract",
        f"id: {names.id}",
        f"name: {_scalar(names.id.replace('.', ' ').replace('_', ' ').capitalize())}",
        "version: 1.0.0",
        "status: draft" if survey.undecided else "status: active",
        "servers:",
        f"  - {{{server}}}",
        "customProperties:",
        *(
            f"  - {{property: {key}, value: {_scalar(value)}}}"
            for key, value in (_contract_custom(peek, names) | dict(more or {})).items()
        ),
        "schema:",
    ]
    for section in survey.sections:
        lines += _section(section)
    if survey.unmapped:
        lines.append("# Columns of the file that nothing reads; they are kept as JSON in _extra:")
        lines += [f"#   {_scalar(label)}" + (f" ({why})" if why else "") for label, why in survey.unmapped]
    return "\n".join(lines) + "\n"


def _contract_custom(peek: Peek, names: Naming) -> dict[str, Any]:
    custom: dict[str, Any] = {"source": names.source}
    if peek.encoding != "utf-8":
        custom["encoding"] = peek.encoding
    if peek.format == "csv" and peek.delimiter != ",":
        custom["delimiter"] = "tab" if peek.delimiter == "\t" else peek.delimiter
    if peek.sheet:
        custom["sheet"] = peek.sheet
    if peek.skip_lines:
        custom["skipLines"] = peek.skip_lines
    if peek.footer:
        own = [_line_pattern(text) for text in peek.footer if not labels.is_footer(text)][:1]
        custom["footerPattern"] = labels.footer_pattern(*own)
    if names.extract is not None:
        custom["extractTime"] = {"fileName": names.extract.pattern, "format": names.extract.format}
    return custom


def _line_pattern(text: str) -> str:
    """A footer's own words as a pattern: the whole line, whatever its numbers are next time."""
    words = re.sub(r"\d[\d.,]*", "\0", text)
    return re.escape(words).replace("\0", r"[\d.,]+") + r'"?\s*([,;\t|]|$)'


def _section(section: Section) -> Iterator[str]:
    yield f"  - name: {section.object}" + (f"  # {section.note}" if section.note else "")
    if section.keep_one:
        yield "    customProperties:"
        yield "      - {property: onRepeat, value: keep_one}"
    yield "    properties:"
    for item in section.columns:
        yield from _property(item, section.object)


def _property(item: Mapped, object_name: str) -> Iterator[str]:
    target = canonical.objects()[object_name]
    required = item.column in target.key or item.column == "StageName"
    head = [f"name: {item.column}"] + ([f"physicalName: {_scalar(item.label)}"] if item.label else [])
    head += [f"logicalType: {LOGICAL_TYPES[target.columns[item.column]]}"] + (["required: true"] if required else [])
    if item.is_person:
        head.append("classification: name")
    for note in item.notes:
        yield f"      # {note}"
    if item.undecided:
        yield "      # UNDECIDED: take the # from one of these lines, and delete the other."
        for choice in item.undecided:
            key, value = choice.split(" ", 1) if ":" not in choice else choice.split(": ", 1)
            value = value.split(" (")[0]
            kept = [f"{{property: {name}, value: {_scalar(given)}}}" for name, given in item.custom.items()]
            said = ", ".join([*kept, f"{{property: {key}, value: {value}}}"])
            yield f"      # - {{{', '.join(head)}, customProperties: [{said}]}}"
        return
    if not item.custom:
        yield f"      - {{{', '.join(head)}}}"
        return
    first, *others = head
    yield f"      - {first}"
    yield from (f"        {part}" for part in others)
    yield "        customProperties:"
    yield from (f"          - {{property: {key}, value: {_scalar(value)}}}" for key, value in item.custom.items())


def _scalar(value: Any) -> str:
    """A value as YAML: bare where nothing can be misread, else as JSON, which is YAML too."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_scalar(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS and not value.endswith(" "):
        return value
    return json.dumps(value, ensure_ascii=False)
