"""The values of people who are to be erased: found in any text however it is written, and replaced by their marks.

A value is a pair of kind and text. Marks are keyed hashes, so equal values get equal marks, in every file and at any time.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote, quote_plus

from ingestion.personal_columns import EMAIL, IDENTIFIER, NAME, PHONE, kinds
from warehouse import personal

Value = tuple[str, str]
RECORD = "record"
MARK = re.compile(r"erased(-[0-9a-f]{12}(@erased\.invalid)?)?")
EMAIL_TOKEN = re.compile(r"[\w.+'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
PHONE_TOKEN = re.compile(r"(?<!\w)\+?\(?\d[\d\s().\-/]{5,}\d(?!\w)")
LEAST_DIGITS, LEAST_IDENTIFIER, HASH_LENGTH = 7, 6, 12
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")
# What stands before a value inside a JSON string may be the letter of an escaped line end.
_BEFORE = r"(?:(?<![\w.+-])|(?<=\\[nrtbf])|(?<=%[0-9A-Fa-f]{2}))"


def is_strong(value: Value) -> bool:
    """Whether a value means this person wherever it stands, and not only in the person's own records."""
    kind, text = value
    if kind == PHONE:
        return len(personal.normal(PHONE, text)) >= LEAST_DIGITS
    if kind == IDENTIFIER:
        return len(text.strip()) >= LEAST_IDENTIFIER
    return kind in (EMAIL, NAME) and bool(text.strip()) and (kind == EMAIL or " " in text.strip())


class Erased:
    """What is erased here, by keyed hash only."""

    def __init__(self, secret: bytes, hashes: Iterable[tuple[str, str]]) -> None:
        self._secret = secret
        self._hashes = frozenset(hashes)
        self._kinds = frozenset(kind for kind, _ in self._hashes)
        self._knows = lru_cache(maxsize=1 << 16)(self._look)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def knows(self, kind: str, value: str) -> bool:
        """Whether this value was erased."""
        return kind in self._kinds and bool(value) and self._knows(kind, value)

    def _look(self, kind: str, value: str) -> bool:
        return (kind, self.hash(kind, value)) in self._hashes

    def hash(self, kind: str, value: str) -> str:
        """The keyed hash that stands in the ledger for a value."""
        return personal.keyed_hash(self._secret, kind, value)

    def mark(self, kind: str, value: str, own: bool) -> str | None:
        """What takes the place of a value; None where its kind leaves the rest of the text alone.

        An identifier that is an erased e-mail gets the e-mail's mark, so that what was joined by it still is.
        """
        if kind == IDENTIFIER and self.knows(EMAIL, value):
            kind = EMAIL
        template = kinds()[kind].own if own else kinds()[kind].elsewhere
        return template.replace("{hash}", self.hash(kind, value)[:HASH_LENGTH]) if template is not None else None


class Values:
    """The strong values of one or more people, to be found and replaced in text and in bytes."""

    def __init__(self, erased: Erased, values: Iterable[Value]) -> None:
        self.values = frozenset(value for value in values if is_strong(value) and not MARK.fullmatch(value[1].strip()))
        self._erased = erased
        self._forms: dict[str, list[tuple[Value, bytes]]] = {}
        # A longer value first: an e-mail holds what may be an identifier.
        ordered = sorted(self.values, key=lambda value: (-len(value[1]), value))
        self._patterns = [(value, re.compile(_pattern(value), re.IGNORECASE), _hint(value)) for value in ordered]

    def __bool__(self) -> bool:
        return bool(self.values)

    def found(self, text: str) -> list[Value]:
        """The values that stand in a text."""
        return [value for value, _ in self._standing_in(text)]

    def replace(self, text: str) -> str:
        """The text with each value replaced by its mark."""
        for (kind, value), pattern in self._standing_in(text):
            mark = self._erased.mark(kind, value, own=False) or "erased"
            text = pattern.sub(lambda _, mark=mark: mark, text)  # type: ignore[misc]
        return text

    def _standing_in(self, text: str) -> list[tuple[Value, re.Pattern[str]]]:
        folded = text.lower()
        return [(value, pattern) for value, pattern, hint in self._patterns if hint(folded) and pattern.search(text)]

    def replace_bytes(self, data: bytes) -> bytes:
        """Bytes of any encoding with each value replaced; what surrounds them stays as it is."""
        for encoding in ENCODINGS:
            folded = data.lower()
            for (kind, value), form in self._needles(encoding):
                if form in folded:
                    mark = (self._erased.mark(kind, value, own=False) or "erased").encode(encoding)
                    data = re.sub(re.escape(form), lambda _, mark=mark: mark, data, flags=re.IGNORECASE)  # type: ignore[misc]
                    folded = data.lower()
        return data

    def found_bytes(self, data: bytes) -> list[tuple[Value, int, int]]:
        """Values in bytes of any encoding, each with its place; the bytes before it do not matter."""
        hits = []
        folded = data.lower()
        for encoding in ENCODINGS:
            for value, form in self._needles(encoding):
                at = folded.find(form)
                while at >= 0:
                    hits.append((value, at, at + len(form)))
                    at = folded.find(form, at + 1)
        return hits

    def _needles(self, encoding: str) -> list[tuple[Value, bytes]]:
        if encoding not in self._forms:
            self._forms[encoding] = [(value, form) for value, _, _ in self._patterns for form in _encoded(value, encoding)]
        return self._forms[encoding]


def variants(value: Value) -> list[str]:
    """A value as CSV, JSON, HTML and addresses of pages write it."""
    _, text = value
    text = text.strip()
    plain = [text] + ([", ".join(reversed(text.rsplit(" ", 1)))] if value[0] == NAME else [])
    written = [
        form
        for one in plain
        for form in (
            one,
            one.replace('"', '""'),
            json.dumps(one)[1:-1],
            html.escape(one),
            html.escape(one).replace("&#x27;", "&#39;"),
            quote(one, safe=""),
            quote_plus(one),
        )
    ]
    return list(dict.fromkeys(written))


def glance(values: Iterable[Value], keys: Iterable[str]) -> Callable[[bytes], bool]:
    """Whether bytes may hold one of these values or keys: quick, and true too often rather than too seldom."""
    pieces: set[bytes] = set()
    for encoding in ENCODINGS:
        for value in values:
            for form in variants(value):
                # The longest run of letters and digits is written the same in every format but for its capitals.
                run = max(re.findall(r"[^\W_]+", form), key=len, default=form)
                for spelled in {run, run.lower(), run.upper(), run.title()}:
                    with suppress(UnicodeEncodeError):
                        pieces.add(re.escape(spelled.encode(encoding)))
        pieces |= {re.escape(key.encode(encoding, errors="ignore")) for key in keys if key}
    for kind, text in values:
        if kind == PHONE:
            pieces.add(rb"[^0-9]{0,3}".join(digit.encode() for digit in personal.normal(PHONE, text)))
    if not pieces:
        return lambda _: False
    return re.compile(b"|".join(sorted(pieces)), re.IGNORECASE).search  # type: ignore[return-value]


def _pattern(value: Value) -> str:
    kind, text = value
    if kind == PHONE:
        digits = personal.normal(PHONE, text)
        return r"(?<!\d)(?:\+|00)?\(?" + r"[\s().\-/]*".join(digits) + r"(?!\d)"
    forms = "|".join(re.escape(form).replace(r"\ ", r"\s+") if kind == NAME else re.escape(form) for form in variants(value))
    after = r"(?![\w-]|\.\w)" if kind == EMAIL else r"(?![\w])"
    return f"{_BEFORE}(?:{forms}){after}"


def _hint(value: Value) -> Callable[[str], bool]:
    """Whether a text in small letters may hold a value: quick, and true too often rather than too seldom."""
    kind, text = value
    if kind == PHONE:
        # Without anything before the first digit, the search goes from one such digit to the next.
        digits = re.compile(r"[\s().\-/]*".join(personal.normal(PHONE, text)))
        return lambda folded: digits.search(folded) is not None
    runs = {max(re.findall(r"[^\W_]+", form), key=len, default=form).lower() for form in variants(value)}
    return lambda folded: any(run in folded for run in runs)


def _encoded(value: Value, encoding: str) -> list[bytes]:
    """What to look for in bytes whose ASCII letters were made small; other capitals are spelled out."""
    found = set()
    for form in variants(value):
        for spelled in (form, form.lower(), form.upper()):
            with suppress(UnicodeEncodeError):
                found.add(spelled.encode(encoding).lower())
    # In the ASCII range the encoding of Windows is UTF-8.
    return sorted(form for form in found if encoding != "cp1252" or any(byte > 127 for byte in form))
