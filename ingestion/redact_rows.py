"""What erasing does to one record: whether it is the person's own, which values it tells, and what becomes of its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ingestion.contract import Contract
from ingestion.personal_columns import EMAIL, FREE_TEXT, IDENTIFIER, NAME, PHONE
from ingestion.personal_values import EMAIL_TOKEN, MARK, PHONE_TOKEN, RECORD, Erased, Value, Values
from ingestion.text import Text

Cell = Callable[[str], str | None]
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT = 15
_LONGEST_NAME = 4
_REMEMBERED = 100_000
KEY_MARK = "\x1f"


def record_value(object_name: str, source: str, key: tuple[str, ...]) -> str:
    """How a record is named among what is erased."""
    return "|".join((object_name, source, KEY_MARK.join(key)))


def long_id(text: str) -> str:
    """A Salesforce id of 15 characters with its three check characters; anything else as it is."""
    if len(text) != _SHORT or not text.isascii() or not text.isalnum():
        return text
    chunks = (text[start : start + 5] for start in range(0, _SHORT, 5))
    return text + "".join(_CHECK[sum(1 << i for i, char in enumerate(chunk) if char.isupper())] for chunk in chunks)


@dataclass(frozen=True)
class Layout:
    """Where the keys and the personal values of a file stand: headers, as this file writes them.

    `keys` has one item for each entry whose key is read from the file: object, source and headers, each with whether it is
    a Salesforce id. `tagged` maps a header to its kind; `required` are those that must not be empty.
    """

    keys: tuple[tuple[str, str, tuple[tuple[str, bool], ...]], ...]
    tagged: Mapping[str, str]
    required: frozenset[str]

    @classmethod
    def of(cls, contract: Contract, text: Text) -> Layout:
        """What a contract says of one file."""
        keys = []
        tagged: dict[str, str] = {}
        required = set()
        for entry in contract.entries:
            columns = {column.name: column for column in entry.columns}
            parts = [columns[name] for name in entry.target.key if name in columns]
            if parts and all(part.file_column in text.found for part in parts):
                headers = tuple((text.found[part.file_column or ""], part.salesforce_id) for part in parts)
                keys.append((entry.object, contract.source, headers))
            for column in entry.columns:
                if column.file_column in text.found:
                    header = text.found[column.file_column or ""]
                    # One column may feed several objects: what is a name for one is not free text for another.
                    if column.personal and tagged.get(header) in (None, FREE_TEXT):
                        tagged[header] = column.personal
                    if column.required:
                        required.add(header)
        # What no contract names may say anything.
        return cls(tuple(keys), dict.fromkeys(text.extra, FREE_TEXT) | tagged, frozenset(required))


class RowRedaction:
    """Redaction of the records of one file."""

    def __init__(self, erased: Erased, layout: Layout) -> None:
        self.erased = erased
        self.layout = layout
        self._texts: dict[str, frozenset[Value]] = {}

    def is_own(self, cell: Cell) -> bool:
        """Whether a record is about an erased person: by its key, or by an e-mail of its own."""
        for object_name, source, headers in self.layout.keys:
            key = tuple(long_id(cell(h) or "") if is_id else cell(h) or "" for h, is_id in headers)
            if all(key) and self.erased.knows(RECORD, record_value(object_name, source, key)):
                return True
        return any(kind == EMAIL and self.erased.knows(EMAIL, cell(h) or "") for h, kind in self.layout.tagged.items())

    def tells(self, cell: Cell) -> set[Value]:
        """The erased values that stand in the tagged columns of a record, its own or another's."""
        found: set[Value] = set()
        names: list[str] = []
        for header, kind in self.layout.tagged.items():
            text = cell(header)
            if not text:
                continue
            if kind == FREE_TEXT:
                found |= self._in_text(text)
            else:
                found |= {(k, text) for k in ((kind, EMAIL) if kind == IDENTIFIER else (kind,)) if self.erased.knows(k, text)}
            if kind == NAME:
                names.append(text)
        found |= {(NAME, full) for full in full_names(names) if self.erased.knows(NAME, full)}
        return found

    def redact(self, header: str, text: str, values: Values) -> str:
        """A cell of the person's own record, without the person."""
        kind = self.layout.tagged.get(header)
        if MARK.fullmatch(text):
            return text
        if kind is None or kind == FREE_TEXT or not text:
            return values.replace(text)
        own = self.erased.mark(kind, text, own=True)
        if not own and header in self.layout.required:
            own = self.erased.mark(kind, text, own=False)
        return own or ""

    def _in_text(self, text: str) -> frozenset[Value]:
        # The same wording comes many times: subjects, mostly.
        if len(self._texts) > _REMEMBERED:
            self._texts.clear()
        if text not in self._texts:
            self._texts[text] = frozenset(told_by(self.erased, text))
        return self._texts[text]


def told_by(erased: Erased, text: str) -> set[Value]:
    """Erased values that stand in a free text: e-mails, telephone numbers, full names."""
    found = emails_in(erased, text)
    found |= {(PHONE, token) for token in PHONE_TOKEN.findall(text) if erased.knows(PHONE, token)}
    words = _WORD.findall(text)
    for length in range(2, _LONGEST_NAME + 1):
        for start in range(len(words) - length + 1):
            name = " ".join(words[start : start + length])
            if erased.knows(NAME, name):
                found.add((NAME, name))
    return found


def emails_in(erased: Erased, text: str) -> set[Value]:
    """Erased e-mails that stand in any text."""
    tokens = {token.replace("%40", "@").strip(".'") for token in set(EMAIL_TOKEN.findall(text))}
    # In a JSON text the letter of an escaped line end sticks to the word after it.
    tokens |= {token[1:] for token in tokens if token[0] in "nrt" and "\\" + token in text}
    return {(EMAIL, token) for token in tokens if erased.knows(EMAIL, token)}


def full_names(names: list[str]) -> set[str]:
    """Full names among the name columns of a record: those of several words, and each with the one after it."""
    parts = [" ".join(name.split()) for name in names]
    return {part for part in parts if " " in part} | {
        f"{first} {last}" for first, last in pairwise(parts) if " " not in first and " " not in last
    }
