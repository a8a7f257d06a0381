"""Which canonical column a label of a screen or a spreadsheet means: labels.yml, and closeness of spelling."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ingestion import canonical
from warehouse import yamlfile

FILE = Path(__file__).parent / "labels.yml"
# Below this two spellings are two words (Opening and Closing: 0.77); above it one is a variant or a slip.
CLOSE = 0.85
_OBJECT_BONUS = 0.5
_UNIT = re.compile(
    r"(?P<rest>.*?\S)(?:\s*[(\[]\s*(?P<inside>[^()\[\]]+?)\s*[)\]]|\s+(?:in|en)\s+(?P<after>\S+)|[\s/,]+(?P<end>\S+))"
)


@dataclass(frozen=True)
class Match:
    """A column of a file and the canonical one that it means; `closeness` is 1 for a known label."""

    column: str
    label: str
    closeness: float
    is_name: bool = False


@dataclass(frozen=True)
class Ranked:
    """An object that a file might hold: how well its header fits (0 to about 1.5), and the columns that match."""

    object: str
    score: float
    matches: tuple[Match, ...]


def plain(label: str) -> str:
    """A label without case, accents, blanks and punctuation; CloseDate and "close_date" are one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", label.removesuffix("__c"))
    bare = "".join(c for c in unicodedata.normalize("NFKD", spaced.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")))


def without_unit(label: str) -> str:
    """A label in one line, without the currency or unit behind it, as in `Amount (EUR)`, `Betrag in EUR` and `Wert [€]`."""
    line = " ".join(label.split())
    found = _UNIT.fullmatch(line)
    if found is None:
        return line
    inside, behind = found["inside"] or found["after"], found["end"]
    known = _currency(inside or behind) is not None or (inside or "").casefold() in _file()["values"]["units"]
    return found["rest"] if known else line


def currency_of(label: str) -> str | None:
    """The ISO code of the currency that a label names: `Amount (EUR)`, `EUR Betrag`, `Wert in €`."""
    bare = re.findall(r"[^\W\d_]+|[^\w\s()\[\]/,.:-]+", label)
    return next((code for word in bare if (code := _currency(word))), None)


def is_count(label: str) -> bool:
    """Whether a label's words say that its numbers are no money: days, years, numbers of things."""
    return bool(set(plain(label).split()) & {plain(word) for word in _file()["values"]["counts"]})


def _currency(text: str) -> str | None:
    return text if text in _file()["values"]["currency_codes"] else currencies().get(text)


def closeness(one: str, other: str) -> float:
    """0 to 1: how alike two labels are spelled."""
    return difflib.SequenceMatcher(None, plain(one), plain(other)).ratio()


def match(header: Sequence[str], object_name: str, names_as_ids: bool = True) -> tuple[Match, ...]:
    """The columns of a file that an object knows, known labels before close spellings, each used once.

    Args:
        header: the file's labels.
        object_name: a canonical object.
        names_as_ids: take a person's or company's name for its id where the file has no id.
    """
    left = {plain(label): label for label in reversed(header)}
    found: dict[str, Match] = {}

    def take(column: str, known: Sequence[str], is_name: bool) -> None:
        label = next((left[plain(name)] for name in known if plain(name) in left), None)
        if label is not None and column not in found:
            found[column] = Match(column, label, 1.0, is_name)
            del left[plain(label)]

    target = canonical.objects()[object_name]
    known = {column: [column, *_labels(object_name).get(column, [])] for column in target.columns}
    for column, names in known.items():
        take(column, names, False)
    as_ids: Mapping[str, list[str]] = _object(object_name).get("names_as_ids", {})
    for column, names in as_ids.items() if names_as_ids else ():
        take(column, names, True)
    # Amount (EUR) is Amount, where no column is called just that; beside Amount (USD) only a person can say which.
    bare = {label: plain(without_unit(label)) for label in left.values() if plain(without_unit(label)) != plain(label)}
    for column, names in known.items():
        fitting = [label for label in bare if bare[label] in {plain(name) for name in names} and plain(label) in left]
        if column not in found and len(fitting) == 1:
            found[column] = Match(column, fitting[0], 1.0)
            del left[plain(fitting[0])]
    pairs = sorted(
        ((closeness(label, name), column, label) for label in left.values() for column in known for name in known[column]),
        key=lambda pair: (-pair[0], header.index(pair[2]), pair[1]),
    )
    for near, column, label in pairs:
        if near >= CLOSE and column not in found and plain(label) in left:
            found[column] = Match(column, label, near)
            del left[plain(label)]
    order = {name: index for index, name in enumerate(target.columns)}
    return tuple(sorted(found.values(), key=lambda item: order[item.column]))


def rank(header: Sequence[str], stem: str) -> list[Ranked]:
    """Every object that a header might be of, the best first.

    Args:
        header: the file's labels.
        stem: the file's name without its ending; it may name the object.
    """
    text = f" {' | '.join(plain(label) for label in header)} {plain(stem)} "
    ranked = []
    for name, target in canonical.objects().items():
        matches = match(header, name)
        known = _object(name).get("names", [re.sub(r"(?<=[a-z])(?=[A-Z])|[._]", " ", name.split(".")[1]).lower()])
        named = any(f" {plain(word)} " in text for word in known) * _OBJECT_BONUS
        keyed = sum(item.column in target.key for item in matches) / len(target.key)
        share = sum(item.closeness for item in matches) / max(len(header), 1)
        if matches:
            ranked.append(Ranked(name, share * (1 + named) + 0.2 * keyed * share, matches))
    return sorted(ranked, key=lambda item: (-item.score, item.object))


def closest(label: str, known: Sequence[str], count: int = 1, least: float = 0.6) -> list[str]:
    """The known labels that are spelled most like one."""
    near = sorted(((closeness(label, name), name) for name in known), key=lambda pair: (-pair[0], pair[1]))
    return [name for ratio, name in near[:count] if ratio >= least]


def known_labels(object_name: str, column: str) -> list[str]:
    """What labels.yml calls a column, the column's own name not counted; names that serve as ids included."""
    return [*_labels(object_name).get(column, []), *_object(object_name).get("names_as_ids", {}).get(column, [])]


def stage_word(stage: str) -> str | None:
    """`won`, `lost`, `closed` (which of the two is not said) or None, by the words in a stage's name."""
    text = f" {plain(stage)} "
    for kind in ("lost", "won", "closed"):
        if any(f" {plain(word)} " in text for word in _file()["stages"][kind]):
            return kind
    return None


def words(kind: str) -> frozenset[str]:
    """The words, in lower case, that say `true`, `false` or `empty`."""
    return frozenset(_file()["values"][kind])


def currencies() -> dict[str, str]:
    """Sign -> ISO code, for signs that mean one currency more often than not."""
    return dict(_file()["values"]["currencies"])


def is_footer(first_cell: str) -> bool:
    """Whether a record that begins like this stands below the data of a screen's export."""
    return re.match(footer_pattern(), first_cell) is not None


def footer_pattern(*more: str) -> str:
    """A footerPattern of all known footers and further beginnings (regular expressions)."""
    return f'^"?({"|".join([*_file()["footers"], *more])})'


@cache
def _file() -> dict[str, Any]:
    return dict(yamlfile.load(FILE).data)


def _object(name: str) -> dict[str, Any]:
    return dict(_file()["objects"].get(name, {}))


def _labels(name: str) -> dict[str, list[str]]:
    return dict(_object(name).get("columns", {}))
