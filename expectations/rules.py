"""What has to be true: typed rules, and the loader of the YAML suites that state them.

Nothing here imports great_expectations: definitions are read where no check runs. A contract's quality rules become the same
`Rule`s in `expectations.contract_quality`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from expectations.conditions import EXPECTATIONS, SQL_RULE
from warehouse import yamlfile
from warehouse.errors import ConfigurationError

Severity = Literal["error", "warn"]
LAYERS = ("raw", "staging", "marts", "planned")
SUITES = Path(__file__).parent / "suites"

_NAME = re.compile(r"[A-Za-z0-9_]+")
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*")
_SUITE_KEYS = {"about", "table", "key", "current_by", "rows_required", "rules"}
_RULE_KEYS = {
    "name",
    "expectation",
    "kwargs",
    "sql",
    "severity",
    "max_failure_rate",
    "question",
    "how_to_fix",
    "key",
    "column",
    "population",
    "reads",
    "rows_required",
}


@dataclass(frozen=True)
class Rule:
    """One thing that has to be true of one table.

    Attributes:
        name: unique and stable; also the name of the Dagster check.
        layer: raw, staging or marts.
        table: "schema.table".
        expectation: the snake_case type of a Great Expectations expectation.
        kwargs: its arguments. In SQL, {batch} stands for the checked rows, already in brackets and named.
        severity: error blocks publishing; warn blocks only above `max_failure_rate`.
        max_failure_rate: 0 to 1, of the rows the rule looks at; None: a warning never blocks.
        question: what a person would ask that this rule answers.
        how_to_fix: what that person should do about a failing row.
        key: columns by which a failing row is found again.
        column: the column whose value is shown for a failing row; None: the expectation's own, or the whole row.
        population: an SQL condition for the rows an SQL rule looks at (the denominator of the rate); None: every row.
        reads: other tables an SQL rule reads; their contents are part of the verdict.
        current_by: for an append-only table, the columns that order the versions of one key: only the newest is checked.
            Empty: every row is checked.
        rows_required: an empty table, or a column without any value, fails instead of passing.
        source: file and line of the definition.
    """

    name: str
    layer: str
    table: str
    expectation: str
    kwargs: Mapping[str, Any]
    severity: Severity
    question: str
    how_to_fix: str
    key: tuple[str, ...] = ()
    max_failure_rate: float | None = None
    column: str | None = None
    population: str | None = None
    reads: tuple[str, ...] = ()
    current_by: tuple[str, ...] = ()
    rows_required: bool = False
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"{self.name!r} cannot name a check", self.source, "use letters, digits and _ only")

    @property
    def check_version(self) -> str:
        """A hash of everything that decides the outcome; a rule reworded for people keeps its version."""
        decides = {
            "table": self.table,
            "expectation": self.expectation,
            "kwargs": dict(self.kwargs),
            "severity": self.severity,
            "max_failure_rate": self.max_failure_rate,
            "population": self.population,
            "key": self.key,
            "current_by": self.current_by,
            "rows_required": self.rows_required,
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True, default=str).encode()).hexdigest()[:16]

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table whose content decides the outcome."""
        return (self.table, *(table for table in self.reads if table != self.table))


def load_suites(folder: Path = SUITES, layers: Sequence[str] = LAYERS) -> tuple[Rule, ...]:
    """Read every suite: `<folder>/<layer>/*.yml`.

    Raises:
        ConfigurationError: a suite is not valid; file, line and key are named.
    """
    rules = [rule for layer in layers for path in sorted((folder / layer).glob("*.yml")) for rule in load_suite(path, layer)]
    unique_names(rules)
    return tuple(rules)


def load_suite(path: Path, layer: str) -> tuple[Rule, ...]:
    """Read one suite: rules about one table.

    Raises:
        ConfigurationError: names file, line and key.
    """
    document = yamlfile.load(path)
    reader = _Reader(document)
    suite = reader.mapping((), _SUITE_KEYS)
    table = reader.text(("table",))
    if not _TABLE.fullmatch(table):
        reader.refuse("A table is written schema.table", ("table",), f"instead of {table!r}")
    entries = suite.get("rules")
    if not isinstance(entries, list) or not entries:
        reader.refuse("A suite without rules would pass whatever the data", ("rules",), "list at least one rule")
    rules = tuple(_rule(reader, index, layer, table) for index in range(len(cast("list[object]", entries))))
    unique_names(rules)
    return rules


def unique_names(rules: Iterable[Rule]) -> None:
    """Refuse two rules of one name: an acceptance or a check result would belong to either."""
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.name in seen:
            raise ConfigurationError(
                f"Two rules are named {rule.name!r}", f"{seen[rule.name].source} and {rule.source}", "rename one of them"
            )
        seen[rule.name] = rule


def _rule(reader: _Reader, index: int, layer: str, table: str) -> Rule:
    at: tuple[str | int, ...] = ("rules", index)
    entry = reader.mapping(at, _RULE_KEYS)
    name = reader.text((*at, "name"))
    if not _NAME.fullmatch(name):
        # Said here because the key's line is known here.
        reader.refuse(f"{name!r} cannot name a check", (*at, "name"), "use letters, digits and _ only")
    expectation, kwargs = _expectation(reader, at, entry)
    severity = entry.get("severity", "error")
    if severity not in ("error", "warn"):
        reader.refuse(f"{severity!r} is not a severity", (*at, "severity"), "write error or warn")
    rate = entry.get("max_failure_rate")
    if rate is not None and (isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1):
        reader.refuse(f"{rate!r} is not a failure rate", (*at, "max_failure_rate"), "write a number from 0 to 1")
    if rate is not None and severity == "error":
        reader.refuse("An error blocks at the first failing row", (*at, "max_failure_rate"), "make it warn, or drop the rate")
    suite_key = reader.texts(("key",)) if "key" in reader.document.data else ()
    return Rule(
        name=name,
        layer=layer,
        table=table,
        expectation=expectation,
        kwargs=kwargs,
        severity=cast("Severity", severity),
        question=reader.text((*at, "question")),
        how_to_fix=reader.text((*at, "how_to_fix")),
        key=reader.texts((*at, "key")) if "key" in entry else suite_key,
        max_failure_rate=None if rate is None else float(rate),
        column=reader.text((*at, "column")) if "column" in entry else kwargs.get("column"),
        population=reader.text((*at, "population")) if "population" in entry else None,
        reads=reader.texts((*at, "reads")) if "reads" in entry else (),
        current_by=reader.texts(("current_by",)) if "current_by" in reader.document.data else (),
        rows_required=reader.flag((*at, "rows_required") if "rows_required" in entry else ("rows_required",)),
        source=f"{layer}/{reader.document.path.name}:{reader.document.line(*at)}",
    )


def _expectation(reader: _Reader, at: tuple[str | int, ...], entry: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if "sql" in entry:
        if "expectation" in entry or "kwargs" in entry:
            reader.refuse("A rule is either sql or an expectation", (*at, "sql"), "keep one of the two")
        sql = reader.text((*at, "sql"))
        if "{batch}" not in sql:
            reader.refuse("The query never looks at the checked rows", (*at, "sql"), "select from {batch}")
        return SQL_RULE, {"unexpected_rows_query": sql.strip()}
    expectation = reader.text((*at, "expectation"))
    known = EXPECTATIONS.get(expectation)
    if known is None:
        todo = f"use one of {sorted(EXPECTATIONS)}"
        reader.refuse(f"{expectation!r} is not an expectation that rules may use", (*at, "expectation"), todo)
    kwargs = entry.get("kwargs", {})
    if not isinstance(kwargs, dict):
        reader.refuse("kwargs holds the arguments by name", (*at, "kwargs"), "write a mapping")
    allowed, needed = cast("tuple[frozenset[str], frozenset[str]]", known)
    for name in kwargs:
        if name not in allowed:
            reader.refuse(f"{expectation} takes no {name!r}", (*at, "kwargs", name), f"it takes {sorted(allowed)}")
    if missing := needed - kwargs.keys():
        reader.refuse(f"{expectation} needs {sorted(missing)}", (*at, "kwargs"), "add it")
    return expectation, dict(kwargs)


class _Reader:
    """Typed access to a YAML document; every refusal names file, line and key."""

    def __init__(self, document: yamlfile.YamlDocument) -> None:
        self.document = document

    def refuse(self, what: str, at: tuple[str | int, ...], todo: str) -> None:
        raise ConfigurationError(what, self.document.where(*at), todo)

    def get(self, at: tuple[str | int, ...]) -> Any:
        value = self.document.data
        for key in at:
            value = value.get(key) if isinstance(value, dict) else value[key]
        return value

    def mapping(self, at: tuple[str | int, ...], known: set[str]) -> dict[str, Any]:
        value = self.get(at)
        if not isinstance(value, dict):
            self.refuse("Names with values are expected here", at, f"use the keys {sorted(known)}")
        for key in value:
            if key not in known:
                self.refuse(f"The key {key!r} is unknown", (*at, key), f"use one of {sorted(known)}")
        return cast("dict[str, Any]", value)

    def text(self, at: tuple[str | int, ...]) -> str:
        value = self.get(at)
        if not isinstance(value, str) or not value.strip():
            self.refuse("A text is expected here", at, f"write {at[-1]}: ...")
        return cast("str", value).strip()

    def texts(self, at: tuple[str | int, ...]) -> tuple[str, ...]:
        value = self.get(at)
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.refuse("A list of names is expected here", at, f"write {at[-1]}: [a, b]")
        return tuple(value)

    def flag(self, at: tuple[str | int, ...]) -> bool:
        value = self.get(at)
        if value is not None and not isinstance(value, bool):
            self.refuse("true or false is expected here", at, "write true or false")
        return bool(value)
