"""What a file seems to hold that is none of the canonical objects: names, types, formats, a key, and who it is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from ingestion import canonical, guess, labels
from ingestion.canonical import TECHNICAL, CanonicalObject, table_name
from ingestion.column_formats import ColumnFormats, Mapped
from ingestion.labels import Match
from ingestion.own_objects import MONEY, NAME
from ingestion.peek import Peek
from ingestion.personal_columns import PHONE
from ingestion.personal_guess import personal_kind
from warehouse.database import quote
from warehouse.errors import ConfigurationError

TEXT = "VARCHAR"
KEY = "record_key"
MAX_KEY_PARTS, MAX_CANDIDATES = 3, 8
# A longer one is no quantity, and a number would not hold it exactly.
MAX_DIGITS = 15
# In this order: what a file calls a record by, rather than what happens to differ.
_IDS = ("id", "key", "uuid", "guid", "nr", "no", "nummer", "number", "num", "code", "nummero", "numero", "ref", "reference")
_TIMES = {"timestamp", "time", "at", "date", "ts", "created", "updated", "modified", "occurred", "zeit", "datum"}
_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe", "ł": "l"}
_SPELLED = str.maketrans(_LETTERS | {old.upper(): new.upper() for old, new in _LETTERS.items() if old != "ß"})


def require_own_name(name: str) -> None:
    """Refuse what cannot name an object of one's own, and what is more likely a slip in a canonical name.

    Raises:
        ConfigurationError: says what to write instead.
    """
    known = list(canonical.objects())
    close = labels.closest(name, known, 3, 0.6)
    is_slip = name.split(".", maxsplit=1)[0] in {item.split(".")[0] for item in known} and labels.closest(name, known, 1, 0.85)
    if NAME.fullmatch(name) and not is_slip and table_name(name) not in {item.table for item in canonical.objects().values()}:
        return
    own = "for a table of its own, write namespace.name in lower case, such as --object mine.visits"
    raise ConfigurationError(
        f"{name!r} is not an object of the canonical schema",
        "--object",
        f"use {' or '.join(close)}; {own}" if close else f"use one of {', '.join(known)}; {own}",
    )


def clean_names(header: Sequence[str]) -> dict[str, str]:
    """Label -> a name that SQL takes without quotes: lower case, digits and _, each used once."""
    taken = {name.casefold() for name in (*TECHNICAL, KEY)}
    found: dict[str, str] = {}
    for label in header:
        text = label.removeprefix("$.") if label.startswith("$.") else label
        bare = re.sub(r"[^a-z0-9]+", "_", labels.plain(text.translate(_SPELLED)).encode("ascii", "ignore").decode())
        base = bare.strip("_") or "column"
        base = base if base[0].isalpha() else f"column_{base}"
        name = next(name for n in range(1, len(header) + 2) if (name := base if n == 1 else f"{base}_{n}") not in taken)
        taken.add(name)
        found[label] = name
    return found


def own_columns(peek: Peek, formats: ColumnFormats) -> tuple[list[Mapped], dict[str, str]]:
    """Every column of the file with its formats, and the SQL type of each by its clean name."""
    columns: list[Mapped] = []
    types: dict[str, str] = {}
    for label, name in clean_names(peek.header).items():
        values = peek.values(label)
        empty = guess.null_words(values, labels.words("empty"))
        filled = [value for value in values if value not in empty]
        personal = personal_kind(label, filled)
        kind = TEXT if personal == PHONE else kind_of(filled, formats)
        # What names a record is never reckoned with, and the next one may hold a letter.
        words = set(labels.plain(label).split())
        kind = TEXT if kind == "BIGINT" and words & set(_IDS) else kind
        kind = "TIMESTAMP" if words & _TIMES and guess.is_epoch(filled) else kind
        item = formats.mapped(Match(name, label, 1.0), kind)
        if not item.is_usable or (label.startswith("$.") and "expression" in item.custom):
            kind, item = TEXT, formats.mapped(Match(name, label, 1.0), TEXT)
        if kind == MONEY:
            item = replace(item, notes=(*item.notes, "to the cent, so DECIMAL(18,2): more decimals would be rejected"))
        personal = personal if kind == TEXT else ""
        if personal:
            note = f"classification: {personal} is a suggestion; write none if it is about nobody"
            item = replace(item, classification=personal, notes=(*item.notes, note))
        columns.append(item)
        types[name] = kind
    return columns, types


def kind_of(values: Sequence[str], formats: ColumnFormats) -> str:
    """The SQL type that texts call for; VARCHAR where they are of several kinds, or digits that mean no number."""
    if not values or any(re.fullmatch(r"0\d+", value) for value in values):
        return TEXT
    dates = guess.moments(values)
    if dates is not None:
        return "TIMESTAMP" if dates.has_time else "DATE"
    if not all(value.isdigit() for value in values) and guess.booleans(values, labels.words("true"), labels.words("false")):
        return "BOOLEAN"
    return _number_kind(values, formats)


def _number_kind(values: Sequence[str], formats: ColumnFormats) -> str:
    numbers = guess.numbers(values)
    if numbers is not None and numbers.undecided and formats.decimals:
        numbers = guess.numbers(values, formats.decimals)
    if numbers is None or any(len(re.sub(r"\D", "", value)) > MAX_DIGITS for value in values):
        return TEXT
    if numbers.undecided or numbers.percent:
        return "DOUBLE"
    decimals = max(_decimals(value, numbers.decimal_mark) for value in values)
    return {0: "BIGINT", 2: MONEY}.get(decimals, "DOUBLE")


def _decimals(value: str, mark: str) -> int:
    found = re.search(rf"{re.escape(mark)}(\d+)\D*$", value)
    return len(found[1]) if found else 0


def own_key(peek: Peek, columns: Sequence[Mapped]) -> tuple[list[Mapped], list[str], str, int]:
    """The columns with the key's first, the key's names, a sentence for a person, and how many records repeat it."""
    whole = [item for item in columns if not item.undecided and len(peek.values(item.label)) == len(peek.rows)]
    ranked = sorted(whole, key=lambda item: (_rank(item), peek.header.index(item.label)))
    unique = [item for item in ranked if not repeated(peek, [item.label])]
    total = f"{len(peek.rows):,} records"
    if unique:
        first, *others = unique
        more = f"; so do {', '.join(repr(item.label) for item in others[:5])}" if others else ", as no other column does"
        if not peek.rows:
            return _first(columns, [first]), [first.column], f"the file has no record; {first.label!r} is taken for the key", 0
        note = f"the key is {first.label!r}, which differs in all {total}{more}: does it name a record for good?"
        return _first(columns, [first]), [first.column], note, 0
    for size in range(2, MAX_KEY_PARTS + 1):
        for parts in combinations(ranked[:MAX_CANDIDATES], size):
            if not repeated(peek, [item.label for item in parts]):
                named = ", ".join(repr(item.label) for item in parts)
                note = f"no column differs in all {total}; {named} together do: do they name a record for good?"
                return _first(columns, parts), [item.column for item in parts], note, 0
    cells = ", ".join(f"coalesce({quote(item.label)}, '')" for item in columns if not item.undecided)
    times = repeated(peek, [item.label for item in columns])
    note = "no few columns tell records apart, so all of them together are the key: a record that changes looks like a new one"
    if times:
        note += f"; {times:,} records are wholly like another, and one of each is kept"
    made = Mapped(KEY, "", {"expression": f"md5(concat_ws('|', {cells}))"}, (note,))
    return [made, *columns], [KEY], note, times


def repeated(peek: Peek, parts: Sequence[str]) -> int:
    """How many records share the texts of these columns with one before them."""
    places = [peek.header.index(label) for label in parts]
    counts = Counter(tuple(row[place].strip() for place in places) for row in peek.rows)
    return sum(times - 1 for times in counts.values())


def own_target(name: str, columns: Sequence[Mapped], types: dict[str, str], key: Sequence[str]) -> CanonicalObject:
    """The object as the contract will say it."""
    shape = {item.column: types.get(item.column, TEXT) for item in columns}
    return CanonicalObject(name, table_name(name), tuple(key), None, shape)


def _first(columns: Sequence[Mapped], key: Sequence[Mapped]) -> list[Mapped]:
    return [*key, *(item for item in columns if item not in key)]


def _rank(item: Mapped) -> int:
    words = labels.plain(item.label).split()
    found = [_IDS.index(word) for word in words if word in _IDS]
    if found:
        return min(found)
    # A text about somebody, or an amount that happens to differ, is the last to name a record by.
    return 50 if item.classification or "decimalMark" in item.custom else 20
