"""Reads contracts in the Open Data Contract Standard and refuses what it does not understand, by file, line and key.

What the standard has no field for is said in customProperties, at the contract, the object or the property (the nearer
one wins); docs/sources.md lists them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingestion import canonical, contract_standard
from ingestion.contract import Column, Contract, Entry, Formats
from ingestion.contract_files import FILE_KEYS, files_of
from ingestion.contract_formats import FORMAT_KEYS, refine
from ingestion.own_objects import own_object
from ingestion.personal_columns import kind_of
from warehouse import yamlfile
from warehouse.errors import ConfigurationError, ContractError
from warehouse.yamlfile import Key, YamlDocument

BUILT_IN = Path(__file__).parent / "contracts"

CONTRACT_KEYS = {"source"} | FILE_KEYS | set(FORMAT_KEYS)
ENTRY_KEYS = {"onRepeat", "ownObject"} | set(FORMAT_KEYS)
COLUMN_KEYS = {"aliases", "constant", "expression", "valueMap", "salesforceId", "epochMilliseconds", "asOf"} | set(FORMAT_KEYS)
LOGICAL_TYPES = {
    "VARCHAR": {"string", "object", "array"},
    "DECIMAL(18,2)": {"number"},
    "DOUBLE": {"number"},
    "BIGINT": {"integer"},
    "BOOLEAN": {"boolean"},
    "DATE": {"date"},
    "TIMESTAMP": {"timestamp"},
}


def read_all(company: Path | None = None) -> list[Contract]:
    """The built-in contracts and those of a company folder, which win where an id is the same.

    Raises:
        ContractError: a contract is refused; names file, line and key.
        ConfigurationError: the company folder does not exist.
    """
    if company is not None and not company.is_dir():
        raise ConfigurationError("The company folder does not exist", str(company), "name an existing folder with --sources")
    found: dict[str, Contract] = {}
    for folder in [BUILT_IN] + ([company / "contracts"] if company is not None else []):
        seen: dict[str, Path] = {}
        for path in sorted(folder.glob("*.y*ml")):
            # The built-in ones are checked against the standard by the tests; the check takes a second.
            stamp = path.stat()
            contract = _read_once(path, stamp.st_mtime_ns, stamp.st_size, folder != BUILT_IN)
            if contract.id in seen:
                raise ContractError(
                    f"Two contracts have the id {contract.id!r}", f"{path}, and {seen[contract.id]}", "give each its own id"
                )
            seen[contract.id] = path
            found[contract.id] = contract
    return sorted(found.values(), key=lambda contract: contract.id)


@lru_cache(maxsize=1024)
def _read_once(path: Path, modified_ns: int, size: int, validate: bool) -> Contract:  # noqa: ARG001 - they are the key
    """A contract as the file stands at a moment: a run asks for all of them a dozen times."""
    return read(path, validate)


def read(path: Path, validate: bool = True) -> Contract:
    """Read one contract; `validate` also holds it against the standard's own JSON schema.

    Raises:
        ContractError: names file, line and key of what is wrong, and what to write instead.
    """
    document = yamlfile.load(path, ContractError)
    _require_parts(document)
    if validate:
        contract_standard.require(document)
    data: dict[str, Any] = document.data
    custom = _custom(document, (), CONTRACT_KEYS)
    formats = refine(custom, Formats(), document.where("customProperties"))
    source = custom.get("source")
    if not isinstance(source, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", source):
        raise ContractError(
            "The contract does not say its source (lower case letters, digits, _)",
            document.where("customProperties"),
            "add customProperties: [{property: source, value: my_crm}]",
        )
    return Contract(
        id=str(data["id"]),
        source=source,
        **files_of(document, custom),
        entries=tuple(_entry(document, index, formats) for index in range(len(data["schema"]))),
        file=path,
    )


def _require_parts(document: YamlDocument) -> None:
    if not isinstance(document.data, dict):
        raise ContractError("The contract is empty", document.where(), "start from a contract in ingestion/contracts")
    for key in ("id", "schema", "servers"):
        if not document.data.get(key):
            raise ContractError(f"The contract has no {key}", document.where(), f"add {key}; docs/sources.md has an example")


def _entry(document: YamlDocument, index: int, formats: Formats) -> Entry:
    at: tuple[Key, ...] = ("schema", index)
    schema = document.data["schema"][index]
    name = str(schema.get("name"))
    custom = _custom(document, at, ENTRY_KEYS)
    _require_booleans(custom, ("ownObject",), document.where(*at, "customProperties"))
    target = _target(document, at, name, custom)
    repeat = custom.get("onRepeat", "reject")
    if repeat not in ("reject", "keep_one"):
        raise ContractError(f"onRepeat is reject or keep_one, not {repeat!r}", document.where(*at), "write one of the two")
    inner = refine(custom, formats, document.where(*at, "customProperties"))
    properties = schema.get("properties") or []
    columns = tuple(_column(document, (*at, "properties", i), target, inner) for i in range(len(properties)))
    names = [column.name for column in columns]
    for i, column in enumerate(names):
        if column in names[:i]:
            raise ContractError(
                f"The column {column!r} is mapped twice", document.where(*at, "properties", i), "keep one of the two"
            )
    missing = [key for key in target.key if key not in names]
    if missing:
        raise ContractError(
            f"The key of {name} is not mapped: {', '.join(missing)}", document.where(*at), "map it; every record needs a key"
        )
    columns = tuple(replace(column, required=True) if column.name in target.key else column for column in columns)
    return Entry(name, target, columns, repeat == "keep_one", tuple(_quality(document, at, target)))


def _target(document: YamlDocument, at: tuple[Key, ...], name: str, custom: dict[str, Any]) -> canonical.CanonicalObject:
    """The canonical object of a name, or one that a company adds by its contract alone."""
    known = canonical.objects()
    if custom.get("ownObject", False):
        if name in known:
            raise ContractError(
                f"{name} is a canonical object, not one of your own", document.where(*at), "leave ownObject out"
            )
        return own_object(document, at, name)
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, 3, 0.4)
    raise ContractError(
        f"{name!r} is not an object of the canonical schema",
        document.where(*at, "name"),
        f"use {' or '.join(close) if close else 'one of ' + ', '.join(known)}; or, for a table of its own, say ownObject: true",
    )


def _column(document: YamlDocument, at: tuple[Key, ...], target: canonical.CanonicalObject, formats: Formats) -> Column:
    item: Any = document.data
    for key in at:
        item = item[key]
    name = str(item.get("name"))
    if name not in target.columns:
        close = difflib.get_close_matches(name, target.columns, 3, 0.4)
        raise ContractError(
            f"{target.name} has no column {name!r}",
            document.where(*at, "name"),
            f"use {' or '.join(close)}" if close else f"its columns are {', '.join(target.columns)}",
        )
    kind = target.columns[name]
    logical = item.get("logicalType")
    if logical is not None and logical not in LOGICAL_TYPES[kind]:
        raise ContractError(
            f"{name} is {' or '.join(sorted(LOGICAL_TYPES[kind]))} in the canonical schema, not {logical}",
            document.where(*at, "logicalType"),
            "correct the type; the file's text is converted to it",
        )
    custom = _custom(document, at, COLUMN_KEYS)
    _require_booleans(custom, ("salesforceId", "epochMilliseconds", "asOf"), document.where(*at, "customProperties"))
    if sum(key in custom for key in ("constant", "expression")) > 1:
        raise ContractError(f"{name} has both a constant and an expression", document.where(*at), "keep one of them")
    computed = "constant" in custom or "expression" in custom
    value_map = custom.get("valueMap", {})
    if not isinstance(value_map, dict):
        raise ContractError(f"The valueMap of {name} is not a mapping", document.where(*at), "write {from: to, ...}")
    return Column(
        name=name,
        sql_type=kind,
        file_column=None if computed else str(item.get("physicalName", name)),
        aliases=_aliases(custom, "expression" in custom and "physicalName" in item, document.where(*at)),
        constant=str(custom["constant"]) if "constant" in custom else None,
        expression=str(custom["expression"]) if "expression" in custom else None,
        required=bool(item.get("required", False)),
        value_map=tuple(sorted((str(old), str(new)) for old, new in value_map.items())),
        salesforce_id=bool(custom.get("salesforceId", False)),
        epoch_milliseconds=bool(custom.get("epochMilliseconds", False)),
        as_of=bool(custom.get("asOf", False)),
        formats=refine(custom, formats, document.where(*at, "customProperties")),
        personal=kind_of(target.name, name, item.get("classification"), document.where(*at, "classification")),
        reads=str(item["physicalName"]) if "expression" in custom and "physicalName" in item else None,
    )


def _aliases(custom: dict[str, Any], is_read: bool, where: str) -> tuple[str, ...]:
    value = custom.get("aliases", [])
    if not isinstance(value, list) or (value and not is_read and ("constant" in custom or "expression" in custom)):
        raise ContractError("aliases is a list of other headers of a column of the file", where, "write aliases as [a, b]")
    return tuple(str(item) for item in value)


def _quality(document: YamlDocument, at: tuple[Key, ...], target: canonical.CanonicalObject) -> Iterable[dict[str, Any]]:
    """Quality rules of an object and of its columns as plain data, for the raw suites."""
    schema: Any = document.data["schema"][at[1]]
    table = f"{canonical.SCHEMA}.{target.table}"
    places: list[tuple[tuple[Key, ...], str | None, Any]] = [(at, None, schema)]
    places += [((*at, "properties", i), item["name"], item) for i, item in enumerate(schema.get("properties") or [])]
    for place, column, owner in places:
        for i, rule in enumerate(owner.get("quality") or []):
            yield {
                "table": table,
                "column": column,
                "key": list(target.key),
                "cursor": target.cursor,
                "rule": rule,
                "severity": rule.get("severity", "warning"),
                "source_file": document.path.name,
                "line": document.line(*place, "quality", i),
            }


def _require_booleans(custom: dict[str, Any], keys: Iterable[str], where: str) -> None:
    """Anything that is not empty would count as true."""
    for key in keys:
        if not isinstance(custom.get(key, False), bool):
            raise ContractError(f"{key} is true or false, not {custom[key]!r}", where, "write one of the two, without quotes")


def _custom(document: YamlDocument, at: tuple[Key, ...], known: set[str]) -> dict[str, Any]:
    owner: Any = document.data
    for key in at:
        owner = owner[key]
    found: dict[str, Any] = {}
    for index, item in enumerate(owner.get("customProperties") or []):
        name = str(item.get("property"))
        where = document.where(*at, "customProperties", index)
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            raise ContractError(
                f"The customProperty {name!r} is not known here",
                where,
                f"did you mean {close[0]}?" if close else f"use one of {', '.join(sorted(known))}",
            )
        if name in found:
            raise ContractError(f"The customProperty {name!r} is said twice", where, "keep one of the two")
        found[name] = item.get("value")
    return found
