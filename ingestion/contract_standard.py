"""Holds a contract against the Open Data Contract Standard, in words that say which key to mend and where it stands."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema

from warehouse.errors import ContractError
from warehouse.yamlfile import Key, YamlDocument


def require(document: YamlDocument) -> None:
    """Hold a contract against the standard.

    Raises:
        ContractError: names file, line and key of the first thing that the standard does not know or allow.
    """
    _refuse_unknown_keys(document)
    _require_types(document)
    # YAML reads 2026-01-31 as a date, which JSON Schema does not know.
    try:
        data = json.loads(json.dumps(document.data, default=str))
    except (TypeError, ValueError) as refusal:
        raise ContractError(
            "A key of the contract is no text (YAML reads 2026-01-01 as a date and no as false)",
            document.where(),
            "put quotes around it",
        ) from refusal
    error = jsonschema.exceptions.best_match(_standard().iter_errors(data))
    if error is not None:
        at = tuple(error.absolute_path)
        raise ContractError(
            f"The contract is not valid under the Open Data Contract Standard: {error.message}",
            document.where(*at),
            "mend that key; docs/sources.md has a contract to copy",
        )


def _require_types(document: YamlDocument) -> None:
    """The standard's schema asks for a logicalType only by a puzzling detour over the types it does not have."""
    schemas = document.data.get("schema")
    for i, schema in enumerate(schemas if isinstance(schemas, list) else []):
        properties = schema.get("properties") if isinstance(schema, dict) else None
        for j, item in enumerate(properties if isinstance(properties, list) else []):
            if isinstance(item, dict) and "logicalType" not in item:
                raise ContractError(
                    f"The property {item.get('name')!r} has no logicalType",
                    document.where("schema", i, "properties", j),
                    "write logicalType: string, number, integer, boolean, date or timestamp",
                )


def _refuse_unknown_keys(document: YamlDocument) -> None:
    """A key with a slip of the pen would be said to lack what it was meant to say, or be called unexpected, no more."""
    for at, kind in _places(document):
        owner: Any = document.data
        for key in at:
            owner = owner[key]
        if not isinstance(owner, dict):
            continue
        known = known_keys(kind)
        for key in owner:
            # A key that is no text is refused below, with the reason.
            if isinstance(key, str) and key not in known:
                close = difflib.get_close_matches(key, known, 1)
                raise ContractError(
                    f"unknown key {key!r}" + (f"; did you mean {close[0]!r}?" if close else ""),
                    document.key_place(*at, key),
                    f"write {close[0]}" if close else f"use one of {', '.join(sorted(known))}, or say it in customProperties",
                )


def _places(document: YamlDocument) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Every mapping that a contract here is made of, the outer ones first, and its kind in the standard."""
    yield (), ""
    for i, server in enumerate(_list(document.data, "servers")):
        if isinstance(server, dict) and server.get("type") == "local":
            yield ("servers", i), "LocalServer"
    yield from _customs(document.data, ())
    for i, schema in enumerate(_list(document.data, "schema")):
        at: tuple[Key, ...] = ("schema", i)
        yield at, "SchemaObject"
        yield from _customs(schema, at)
        for j, item in enumerate(_list(schema, "properties")):
            yield (*at, "properties", j), "SchemaProperty"
            yield from _customs(item, (*at, "properties", j))


def _customs(owner: Any, at: tuple[Key, ...]) -> Iterator[tuple[tuple[Key, ...], str]]:
    for i, _ in enumerate(_list(owner, "customProperties")):
        yield (*at, "customProperties", i), "CustomProperty"


def _list(owner: Any, key: str) -> list[Any]:
    found = owner.get(key) if isinstance(owner, dict) else None
    return found if isinstance(found, list) else []


@cache
def known_keys(kind: str) -> frozenset[str]:
    """The keys of one kind of mapping, by its name among the definitions of the standard; empty: the contract itself."""
    schema = _schema()
    if not kind:
        return frozenset(schema["properties"])
    definitions = schema["$defs"]
    if kind == "LocalServer":
        return _keys_of(definitions["Server"]) | _keys_of(definitions["ServerSource"][kind])
    return _keys_of(definitions[kind])


def _keys_of(definition: dict[str, Any]) -> frozenset[str]:
    found = frozenset(definition.get("properties", {}))
    parts = [definition, *(part for part in definition.get("allOf", []) if "if" not in part)]
    for part in parts:
        if reference := part.get("$ref"):
            inner: Any = _schema()
            for key in reference.removeprefix("#/").split("/"):
                inner = inner[key]
            found |= _keys_of(inner)
    return found


@cache
def _schema() -> dict[str, Any]:
    text = files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def _standard() -> jsonschema.protocols.Validator:
    return jsonschema.validators.validator_for(_schema())(_schema())
