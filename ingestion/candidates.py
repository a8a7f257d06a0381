"""Which columns of a file may be one that was not recognized: by what stands in their cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ingestion import canonical, guess, labels
from ingestion.column_formats import NUMBERS
from ingestion.survey import Survey

# A stage is one of few, a person owns many deals: above this share of different cells a column is neither.
_REPEATED = 0.5
_MOST_STAGES = 25
_FEW_RECORDS = 20
_PERSON = re.compile(r"[^\W\d_][\w.'-]*(,? [^\W\d_][\w.'-]*){1,3}|\S+@\S+\.\w+")


def candidates(seen: Survey, column: str) -> list[str]:
    """Labels of columns that nothing reads and whose cells could be those of a canonical column, the likeliest first.

    Args:
        seen: a file as it would be read.
        column: a column of its main object that was not found.
    """
    kind = canonical.objects()[seen.main.object].columns[column]
    fits = _TEXTS.get(column) or (_is_date if kind in ("DATE", "TIMESTAMP") else _is_money if kind in NUMBERS else _is_text)
    left = [label for label, _ in seen.unmapped if kind not in NUMBERS or not labels.is_count(label)]
    rated = [(rate, label) for label in left if (rate := fits(seen.peek.values(label))) > 0]
    return [label for _, label in sorted(rated, key=lambda pair: (-pair[0], left.index(pair[1])))]


def _is_date(values: Sequence[str]) -> float:
    return float(guess.moments(values) is not None)


def _is_money(values: Sequence[str]) -> float:
    """Signs and decimals say money more than whole numbers do; percentages and the numbers of rows are none."""
    found = guess.numbers(values, None, is_money=True)
    if found is None or found.percent or _is_date(values):
        return 0.0
    numbered = len(set(values)) == len(values) > 1 and all(re.fullmatch(r"\d+", value) for value in values)
    is_row_number = numbered and max(map(int, values)) - min(map(int, values)) == len(values) - 1
    return 0.0 if is_row_number else 1.0 + 2 * bool(found.symbols) + any(mark in value for value in values for mark in ".,")


def _is_text(values: Sequence[str]) -> float:
    return float(bool(values) and guess.numbers(values) is None and guess.moments(values) is None)


def _is_stage(values: Sequence[str]) -> float:
    different = set(values)
    if not _is_text(values) or len(different) > _MOST_STAGES or not _is_repeated(values):
        return 0.0
    return 1.0 + any(labels.stage_word(value) for value in different) - len(different) / 100


def _is_person(values: Sequence[str]) -> float:
    people = sum(_PERSON.fullmatch(value) is not None for value in values)
    if not values or people < guess.ENOUGH * len(values) or not _is_repeated(values):
        return 0.0
    return 2.0 - len(set(values)) / len(values)


def _is_id(values: Sequence[str]) -> float:
    return float(len(set(values)) == len(values) > 1 and all(re.fullmatch(r"[\w-]*\d[\w-]*", value) for value in values))


def _is_repeated(values: Sequence[str]) -> bool:
    return len(values) < _FEW_RECORDS or len(set(values)) <= _REPEATED * len(values)


_TEXTS: dict[str, Callable[[Sequence[str]], float]] = {"StageName": _is_stage, "OwnerId": _is_person, "Id": _is_id}
