"""Objects that a company adds by a contract alone: a raw table with the columns, types and key that the contract says."""

from __future__ import annotations

import re
from typing import Any

from ingestion.canonical import TECHNICAL, CanonicalObject, objects, table_name
from warehouse.errors import ContractError
from warehouse.yamlfile import Key, YamlDocument

NAME = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9_]*")
TYPES = {
    "string": "VARCHAR", "number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN",
    "date": "DATE", "timestamp": "TIMESTAMP",
}  # fmt: skip
MONEY = "DECIMAL(18,2)"


def own_object(document: YamlDocument, at: tuple[Key, ...], name: str) -> CanonicalObject:
    """The object that an entry of a contract describes: types by logicalType (money: physicalType DECIMAL(18,2)).

    Raises:
        ContractError: the name, a type or the key cannot be used.
    """
    if not NAME.fullmatch(name):
        raise ContractError(
            f"{name!r} cannot name an object of your own", document.where(*at, "name"), "write system.object in lower case"
        )
    if table_name(name) in {item.table for item in objects().values()}:
        raise ContractError(
            f"{name!r} is the table of a canonical object", document.where(*at, "name"), "name your own object otherwise"
        )
    schema: Any = document.data["schema"][at[1]]
    columns: dict[str, str] = {}
    key: list[str] = []
    for index, item in enumerate(schema.get("properties") or []):
        kind = TYPES.get(str(item.get("logicalType")))
        if kind is None:
            raise ContractError(
                f"{item.get('logicalType')!r} is not a type of a raw column",
                document.where(*at, "properties", index, "logicalType"),
                f"write one of {', '.join(TYPES)}",
            )
        if str(item["name"]).casefold() in {c.casefold() for c in (*columns, *TECHNICAL)}:
            raise ContractError(
                f"The column {item['name']!r} is there already",
                document.where(*at, "properties", index, "name"),
                "name it otherwise: capitals make no difference, and _source, _extract_time, _sha256 and _extra are taken",
            )
        is_money = kind == "DOUBLE" and str(item.get("physicalType", "")).replace(" ", "").upper() == MONEY
        columns[str(item["name"])] = MONEY if is_money else kind
        if item.get("primaryKey"):
            key.append(str(item["name"]))
    if not key:
        raise ContractError(
            f"{name} has no key", document.where(*at), "mark the columns that tell records apart: primaryKey: true"
        )
    return CanonicalObject(name, table_name(name), tuple(key), None, columns)
