"""A contract's quality rules (Open Data Contract Standard v3) as rules of the raw suites.

They arrive as plain dictionaries, because this room and ingestion never import each other:
`table`, `column` (None for a rule about the table), `rule` (as written in the contract), `severity`, `source_file`, `line`, and
where known `key` and `cursor` (lists of columns), so that only the newest version of each record is checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from expectations.conditions import SQL_RULE, constant
from expectations.rules import Rule, Severity
from warehouse.database import quote
from warehouse.errors import ConfigurationError

_SEVERITIES: Mapping[str, Severity] = {
    "error": "error",
    "critical": "error",
    "blocker": "error",
    "major": "error",
    "warn": "warn",
    "warning": "warn",
    "minor": "warn",
    "info": "warn",
}
_COMPARISONS = {
    "mustBe": "= {}",
    "mustNotBe": "<> {}",
    "mustBeGreaterThan": "> {}",
    "mustBeGreaterOrEqualTo": ">= {}",
    "mustBeGreaterThanOrEqualTo": ">= {}",
    "mustBeLessThan": "< {}",
    "mustBeLessOrEqualTo": "<= {}",
    "mustBeLessThanOrEqualTo": "<= {}",
    "mustBeBetween": "BETWEEN {} AND {}",
    "mustNotBeBetween": "NOT BETWEEN {} AND {}",
}
# v3.0 named the metrics in `rule`; v3.1 in `metric`.
_METRICS = {
    "nullValues": "nullValues",
    "nullCheck": "nullValues",
    "nullCount": "nullValues",
    "missingValues": "missingValues",
    "invalidValues": "invalidValues",
    "invalidCount": "invalidValues",
    "validValues": "invalidValues",
    "duplicateValues": "duplicateValues",
    "duplicateCount": "duplicateValues",
    "rowCount": "rowCount",
}
_TECHNICAL_ORDER = ("_extract_time", "_sha256")


@dataclass(frozen=True)
class _Quality:
    """One quality rule of a contract, with what surrounds it."""

    table: str
    column: str | None
    rule: Mapping[str, Any]
    severity: Severity
    key: tuple[str, ...]
    current_by: tuple[str, ...]
    source: str

    def refuse(self, what: str, todo: str) -> NoReturn:
        raise ConfigurationError(what, f"{self.source}, quality of {self.table}.{self.column or '*'}", todo)

    @property
    def arguments(self) -> Mapping[str, Any]:
        stated = self.rule.get("arguments") or {}
        return {**{name: self.rule[name] for name in ("validValues", "pattern") if name in self.rule}, **stated}

    def needed_column(self) -> str:
        if self.column is None:
            self.refuse("This metric is about a column, and the rule belongs to the table", "move it to a property")
        return self.column


def rules_from_contract_quality(entries: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Turn contract quality rules into rules of the raw layer; descriptions of type `text` state nothing to check.

    Raises:
        ConfigurationError: a rule that cannot be checked, with the contract's file and line.
    """
    rules: dict[str, Rule] = {}
    for entry in entries:
        quality = _read(entry)
        if quality.rule.get("type", "library") == "text":
            continue
        rule = _rule(quality)
        known = rules.get(rule.name)
        if known is not None and known.check_version != rule.check_version:
            # Two rules about one column with one metric: the definition tells them apart, whatever their order in the file.
            rule = replace(rule, name=f"{rule.name}_{rule.check_version[:8]}")
        # Two contracts of one object may promise the same; it is checked once.
        rules.setdefault(rule.name, rule)
    return tuple(rules.values())


def _read(entry: Mapping[str, Any]) -> _Quality:
    source = f"{entry.get('source_file', 'contract')}:{entry.get('line', 1)}"
    rule = entry["rule"]
    stated = str(entry.get("severity") or rule.get("severity") or "error").lower()
    severity = _SEVERITIES.get(stated)
    if severity is None:
        raise ConfigurationError(f"{stated!r} is not a severity", source, f"use one of {sorted(_SEVERITIES)}")
    key, cursor = tuple(entry.get("key") or ()), entry.get("cursor") or ()
    order = ((cursor,) if isinstance(cursor, str) else tuple(cursor)) + _TECHNICAL_ORDER
    full_key = key if not key or "_source" in key else ("_source", *key)
    return _Quality(
        table=str(entry["table"]),
        column=entry.get("column"),
        rule=rule,
        severity=severity,
        key=full_key,
        current_by=order if key else (),
        source=source,
    )


def _rule(quality: _Quality) -> Rule:
    kind = quality.rule.get("type", "library")
    if kind == "sql":
        return _sql(quality)
    if kind != "library":
        quality.refuse(f"Quality rules of type {kind!r} are not run here", "write it as type library or sql")
    stated = quality.rule.get("metric") or quality.rule.get("rule")
    metric = _METRICS.get(str(stated))
    if metric is None:
        quality.refuse(f"{stated!r} is not a metric", f"use one of {sorted(set(_METRICS.values()))}")
    return {
        "nullValues": _nulls,
        "missingValues": _missing,
        "invalidValues": _invalid,
        "duplicateValues": _duplicates,
        "rowCount": _row_count,
    }[metric](quality)


def _nulls(quality: _Quality) -> Rule:
    return _counted(quality, "nulls", "expect_column_values_to_not_be_null", {"column": quality.needed_column()})


def _missing(quality: _Quality) -> Rule:
    column = quality.needed_column()
    words = [value for value in quality.arguments.get("missingValues") or [] if value not in (None, "")]
    if not words:
        return _nulls(quality)
    test = f"{quote(column)} IS NULL OR {quote(column)} IN ({', '.join(constant(word) for word in words)})"
    return _counted(quality, "missing", SQL_RULE, {"unexpected_rows_query": _braces(f"SELECT * FROM {{batch}} WHERE {test}")})


def _invalid(quality: _Quality) -> Rule:
    arguments = quality.arguments
    kwargs: dict[str, Any] = {"column": quality.needed_column()}
    if "validValues" in arguments:
        kwargs["value_set"] = list(arguments["validValues"])
        return _counted(quality, "valid", "expect_column_values_to_be_in_set", kwargs)
    if "pattern" in arguments:
        kwargs["regex"] = str(arguments["pattern"])
        return _counted(quality, "pattern", "expect_column_values_to_match_regex", kwargs)
    if "minimum" not in arguments and "maximum" not in arguments:
        quality.refuse("The rule does not say what is valid", "add arguments: validValues, pattern, or minimum and maximum")
    kwargs |= {"min_value": arguments.get("minimum"), "max_value": arguments.get("maximum")}
    return _counted(quality, "range", "expect_column_values_to_be_between", kwargs)


def _duplicates(quality: _Quality) -> Rule:
    names = [str(name) for name in quality.arguments.get("properties") or ([quality.column] if quality.column else [])]
    if not names:
        quality.refuse("The rule does not say what must be unique", "add arguments: properties: [a, b]")
    if len(names) == 1:
        return _counted(quality, "unique", "expect_column_values_to_be_unique", {"column": names[0]})
    return _counted(quality, "unique_" + "_".join(names), "expect_compound_columns_to_be_unique", {"column_list": names})


def _row_count(quality: _Quality) -> Rule:
    operator, value = _threshold(quality)
    bounds: dict[str, tuple[Any, Any]] = {
        "mustBe": (value, value),
        "mustBeGreaterThan": (_plus(value, 1), None),
        "mustBeGreaterOrEqualTo": (value, None),
        "mustBeGreaterThanOrEqualTo": (value, None),
        "mustBeLessThan": (None, _plus(value, -1)),
        "mustBeLessOrEqualTo": (None, value),
        "mustBeLessThanOrEqualTo": (None, value),
        "mustBeBetween": tuple(value) if isinstance(value, list) and len(value) == 2 else (None, None),
    }
    if operator not in bounds:
        quality.refuse(f"A row count cannot be judged by {operator}", f"use one of {sorted(bounds)}")
    low, high = bounds[operator]
    kwargs = {name: bound for name, bound in (("min_value", low), ("max_value", high)) if bound is not None}
    return _made(quality, "row_count", "expect_table_row_count_to_be_between", kwargs, None)


def _sql(quality: _Quality) -> Rule:
    query = str(quality.rule.get("query") or "").strip().rstrip(";")
    if not query:
        quality.refuse("The rule has no query", "add query: SELECT ...")
    operator, value = _threshold(quality)
    values = value if isinstance(value, list) else [value]
    test = _COMPARISONS[operator].format(*(constant(item) for item in values))
    for word in ("table", "object", "schema", "model"):
        query = query.replace("${" + word + "}", "{batch}").replace("{" + word + "}", "{batch}")
    for word in ("column", "property", "field"):
        name = quote(quality.column) if quality.column else ""
        query = query.replace("${" + word + "}", name).replace("{" + word + "}", name)
    if "{batch}" not in query:
        quality.refuse("The query never looks at the table", "select from {table}")
    # The contract's query measures one number; the expectation wants the rows that must not be there.
    wrapped = f"SELECT * FROM ({query}) AS measured (value) WHERE NOT coalesce(value {test}, FALSE)"
    return replace(_made(quality, "sql", SQL_RULE, {"unexpected_rows_query": _braces(wrapped)}, None), key=(), column="value")


def _counted(quality: _Quality, suffix: str, expectation: str, kwargs: Mapping[str, Any]) -> Rule:
    """A rule that counts failing rows: none may fail, or at most a share of them."""
    operator, value = _threshold(quality)
    at_most = operator in ("mustBeLessThan", "mustBeLessOrEqualTo", "mustBeLessThanOrEqualTo")
    if quality.rule.get("unit") == "percent" and at_most:
        return _made(quality, suffix, expectation, kwargs, float(value) / 100)
    if (operator, value) not in (("mustBe", 0), ("mustBeLessThan", 1), ("mustBeLessOrEqualTo", 0)):
        quality.refuse(
            f"{operator}: {value} cannot be judged row by row",
            "write mustBe: 0, or unit: percent with mustBeLessOrEqualTo",
        )
    return _made(quality, suffix, expectation, kwargs, None)


def _made(quality: _Quality, suffix: str, expectation: str, kwargs: Mapping[str, Any], rate: float | None) -> Rule:
    stated = quality.rule.get("name") or quality.rule.get("id")
    name = _slug(stated or f"{quality.table.split('.', 1)[1]}_{quality.column or 'table'}_{suffix}")
    description = str(quality.rule.get("description") or "").strip()
    return Rule(
        name=f"raw_{name}",
        layer="raw",
        table=quality.table,
        expectation=expectation,
        kwargs=kwargs,
        # A share that may fail is a warning up to that share, by law 8.
        severity="warn" if rate is not None else quality.severity,
        question=description or _question(quality, suffix),
        how_to_fix=f"Correct the record where it is kept, or change the quality rule in the contract ({quality.source}).",
        key=quality.key,
        max_failure_rate=rate,
        column=quality.column,
        current_by=quality.current_by,
        source=quality.source,
    )


def _question(quality: _Quality, suffix: str) -> str:
    subject = f"{quality.column} of {quality.table.split('.', 1)[1].replace('__', ' ')}" if quality.column else quality.table
    return {
        "nulls": f"Is {subject} always filled in?",
        "missing": f"Is {subject} always filled in?",
        "valid": f"Does {subject} hold only values the contract knows?",
        "pattern": f"Is {subject} always written the way the contract says?",
        "range": f"Does {subject} stay within the contract's range?",
        "row_count": f"Did {quality.table} deliver as many rows as the contract says?",
    }.get(suffix, f"Does {subject} keep what the contract promises?")


def _threshold(quality: _Quality) -> tuple[str, Any]:
    stated = [name for name in _COMPARISONS if name in quality.rule]
    if len(stated) > 1:
        quality.refuse(f"The rule is judged twice: {stated}", "keep one of them")
    return (stated[0], quality.rule[stated[0]]) if stated else ("mustBe", 0)


def _plus(value: Any, step: int) -> Any:
    return value + step if isinstance(value, int) else value


def _braces(sql: str) -> str:
    """Literal braces doubled, as the expectation wants them; {batch} kept."""
    return sql.replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}")


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
