"""Writes the contract that a survey proposes: YAML that a person reads and edits, with the evidence beside each choice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingestion import canonical, labels
from ingestion.canonical import CanonicalObject
from ingestion.column_formats import Mapped
from ingestion.file_names import FileDate, base_of, file_date, slug
from ingestion.own_objects import MONEY
from ingestion.peek import Peek
from ingestion.survey import Section, Survey

# What a file's name says belongs to a draft as well.
__all__ = ["FileDate", "Naming", "draft", "file_date", "naming", "slug"]
LOGICAL_TYPES = {
    "VARCHAR": "string",
    "DECIMAL(18,2)": "number",
    "DOUBLE": "number",
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
_PLAIN = re.compile(r"[A-Za-z][\w ./()%-]*")
_YAML_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


@dataclass(frozen=True)
class Naming:
    """What a contract is called and which files it claims; `about` are sentences for its head."""

    id: str
    source: str
    path: str
    extract: FileDate | None
    about: tuple[str, ...] = ()


def naming(peek: Peek, object_name: str) -> Naming:
    """A name and a path pattern from the file's own name: what changes from export to export becomes `*`."""
    stem = peek.path.name[: len(peek.path.name) - len(peek.ending)]
    extract = file_date(stem)
    base = base_of(stem, extract)
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
    custom = {"ownObject": "true"} if section.own else {}
    custom |= {"onRepeat": "keep_one"} if section.keep_one else {}
    if custom:
        yield "    customProperties:"
        yield from (f"      - {{property: {key}, value: {value}}}" for key, value in custom.items())
    yield "    properties:"
    for item in section.columns:
        yield from _property(item, section.target, section.own is not None)


def _property(item: Mapped, target: CanonicalObject, is_own: bool) -> Iterator[str]:
    is_key = item.column in target.key
    is_named = item.label and not (is_own and item.label == item.column)
    kind = target.columns[item.column]
    head = [f"name: {_scalar(item.column)}"] + ([f"physicalName: {_scalar(item.label)}"] if is_named else [])
    head.append(f"logicalType: {LOGICAL_TYPES[kind]}")
    if is_own:
        head += [f'physicalType: "{kind}"'] if kind == MONEY else []
        head += ["primaryKey: true"] if is_key else []
    if is_key or item.column == "StageName":
        head.append("required: true")
    if item.is_person or item.classification:
        head.append(f"classification: {item.classification or 'name'}")
    for note in item.notes:
        yield f"      # {note}"
    if item.undecided:
        yield "      # UNDECIDED: take the # from one of these lines, and delete the other."
        for choice in item.undecided:
            key, value = choice.split(" ", 1) if ":" not in choice else choice.split(": ", 1)
            value = value.split(" (")[0]
            kept = [f"{{property: {name}, value: {_scalar(given)}}}" for name, given in item.custom.items()]
            said = ", ".join([*kept, f"{{property: {key}, value: {value}}}"])
            if key == "decimalMark":
                # Where the one mark stands before decimals, the other can only part thousands.
                said += f", {{property: thousandsMark, value: '{'.' if ',' in value else ','}'}}"
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
