"""Finds SQL that only one engine understands, in the text of dbt models as people write it.

The same project has to run on DuckDB and on Spark, so a model says nothing that the other would refuse or, worse, read
differently. What engines write differently belongs in `macros/cross_db`; the overrides there (`duckdb__...`) are left alone.
Command: `python -m tests.lint.portability dbt_project`; it ends with 1 when it found something.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """One thing not to write. `instead` tells what to write."""

    name: str
    pattern: str
    instead: str


@dataclass(frozen=True)
class Finding:
    """Where a rule is broken; `str()` gives one line for a terminal."""

    path: str
    line: int
    rule: Rule
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule.name}: {self.text!r}; write {self.rule.instead}"


RULES = (
    Rule("cast-operator", r"::", "cast(x as type)"),
    Rule("qualify", r"\bqualify\b", "row_number() in a CTE and a where on it"),
    Rule("ilike", r"\bilike\b", "lower(x) like 'pattern'"),
    Rule("tilde", r"!?~{1,3}\*?", "like, or a dispatched macro"),
    Rule("lambda", r"->|\blambda\b", "joins and window functions, or a dispatched macro"),
    Rule("group-by-all", r"\b(?:group|order)\s+by\s+all\b", "the columns by name"),
    Rule(
        "clock",
        r"\b(?:current_date|current_timestamp|localtimestamp|current_time)\b|\b(?:now|today|getdate|sysdate|get_current_\w+)\s*\(",
        "as_of of source('config', 'run_context'): a mart has no clock",
    ),
    Rule(
        "random", r"\b(?:random|rand|uuid|gen_random_uuid|setseed)\s*\(", "a hash of the key: a mart is the same in every run"
    ),
    Rule(
        "nested-value",
        r"\[|\b(?:list|list_\w+|array_\w+|struct_\w+|struct|map|map_\w+|unnest|explode|row)\s*\(",
        "one row per element, or a dispatched macro",
    ),
    Rule(
        "type-name",
        r"\bas\s+(?:varchar|text|char|bpchar|int|int[1248]|hugeint|u\w*int|float[48]?|real|numeric|datetime|timestamptz|json)\b",
        "string, integer, bigint, double, decimal(p, s), date, timestamp or boolean",
    ),
    Rule("quoted-identifier", r'"', "a plain snake_case name: Spark reads double quotes as a string"),
    Rule("interval", r"\binterval\b", "add_days(), add_months() or dbt.dateadd()"),
    Rule(
        "date-function",
        r"\b(?:date_?trunc|date_?diff|date_?add|date_?sub|date_part|datepart|strftime|strptime|epoch|epoch_\w+|to_timestamp"
        r"|make_date|make_timestamp|timezone|last_day|dayofweek|weekday|isodow|age)\s*\(",
        "a macro of macros/cross_db, or one of dbt's",
    ),
    Rule("time-zone-operator", r"\bat\s+time\s+zone\b", "to_local() or to_utc()"),
    Rule(
        "extract-part",
        r"\bextract\s*\(\s*(?!(?:year|quarter|month|day|hour|minute|second)\b)\w+",
        "year, quarter, month, day, hour, minute or second; iso_weekday() and epoch_micros() for the others",
    ),
    Rule("star-modifier", r"\*\s*(?:exclude|except|replace|rename)\b|\bcolumns\s*\(", "the columns by name"),
    Rule("distinct-on", r"\bdistinct\s+on\b", "row_number() in a CTE and a where on it"),
    Rule(
        "join-kind",
        r"\b(?:asof|positional|natural|semi|anti)\s+(?:left\s+)?join\b|\blateral\b",
        "an inner, left or cross join with its conditions",
    ),
    Rule("pivot", r"\b(?:pivot|unpivot)\b", "case expressions, in a Jinja loop if they are many"),
    Rule("sample", r"\b(?:using\s+sample|tablesample)\b", "a condition on a hash of the key"),
    Rule("union-by-name", r"\bunion\s+(?:all\s+)?by\s+name\b", "the columns in the same order"),
    Rule("operator", r"//|\*\*|\^", "floor(x / y) or power(x, y)"),
    Rule("regular-expression", r"\b(?:regexp_\w+|rlike|similar\s+to|glob)\b", "like, or a dispatched macro"),
    Rule("null-function", r"\b(?:ifnull|nvl2?|isnull|iff|if)\s*\(", "coalesce() or case"),
    Rule("text-aggregate", r"\b(?:string_agg|group_concat|listagg)\s*\(", "dbt.listagg() with an order"),
    Rule(
        "arbitrary-row",
        r"\b(?:any_value|arbitrary|first|last|arg_max|arg_min|max_by|min_by|mode)\s*\(",
        "min(), max() or row_number() with a total order: ties must not decide",
    ),
    Rule("series", r"\b(?:generate_series|range|sequence)\s*\(", "whole_numbers()"),
)
BARE_NULL = Rule("bare-null", r"\bnull\b", "cast(null as type): engines guess different types")

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SQL_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
OVERRIDE = re.compile(r"\{%-?\s*macro\s+(?:duckdb|spark|default)__.*?\{%-?\s*endmacro\s*-?%\}", re.DOTALL)


def blank(text: str) -> str:
    """The text with Jinja, engine overrides, comments and strings turned into blanks; every character keeps its place.

    Overrides go first, then Jinja (its strings may hold SQL), then what SQL itself does not read.
    """
    for noise in (OVERRIDE, JINJA, SQL_NOISE):
        text = noise.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return text


def check_text(text: str, path: str) -> list[Finding]:
    """The findings in the text of one model, test or macro, in the order of the file."""
    sql = blank(text)
    found = [(match.start(), rule, match.group()) for rule in RULES for match in re.finditer(rule.pattern, sql, re.IGNORECASE)]
    found += [(start, BARE_NULL, "null") for start in _bare_nulls(sql)]
    found.sort(key=lambda item: (item[0], item[1].name))
    return [Finding(path, text.count("\n", 0, start) + 1, rule, hit) for start, rule, hit in found]


def check_project(folder: Path) -> list[Finding]:
    """The findings in all SQL of a dbt project.

    Raises:
        FileNotFoundError: the folder holds no models, so that a mistyped path cannot pass.
    """
    if not any((folder / "models").rglob("*.sql")):
        raise FileNotFoundError(f"no models in {folder}")
    files = sorted(path for room in ("models", "tests", "macros") for path in (folder / room).rglob("*.sql"))
    return [finding for path in files for finding in check_text(path.read_text(encoding="utf-8"), str(path))]


def _bare_nulls(sql: str) -> Iterator[int]:
    """Where NULL stands as a column of its own: behind `select` or a comma, before an alias, a comma or the end."""
    for match in re.finditer(r"\bnull\b", sql, re.IGNORECASE):
        before = sql[: match.start()].rstrip()
        after = sql[match.end() :].lstrip()
        opens = before.endswith(",") or re.search(r"\b(?:select|distinct)$", before, re.IGNORECASE)
        closes = not after or after[0] == "," or re.match(r"(?:as|from|union|where)\b", after, re.IGNORECASE)
        if opens and closes:
            yield match.start()


def main(arguments: list[str]) -> int:
    """Print the findings of the projects named; 0 when there are none."""
    findings = [finding for folder in arguments or ["dbt_project"] for finding in check_project(Path(folder))]
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
