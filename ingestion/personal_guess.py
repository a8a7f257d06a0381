"""Which column of an unknown file may be about a person: a suggestion for `classification`, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.labels import plain
from ingestion.personal_columns import ADDRESS, EMAIL, FREE_TEXT, NAME, PHONE

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_PHONE = re.compile(r"(?=(?:\D*\d){7,15}\D*$)[+(]?[\d][\d ()/.\-]*")
_PERSON = re.compile(r"(?:[^\W\d_][\w'’-]*\.? ){1,3}[^\W\d_][\w'’-]*|[^\W\d_][\w'’-]*, ?[^\W\d_][\w'’-]*")
_COMPANY = re.compile(
    r"\b(?:ag|gmbh|kg|ohg|se|inc|ltd|llc|corp|co|company|group|gruppe|sa|sarl|srl|spa|bv|nv|plc|ab|oy|as|aps|holding|bank)\b",
    re.IGNORECASE,
)
_NAMES = {
    "first name", "last name", "surname", "full name", "firstname", "lastname", "vorname", "nachname", "ansprechpartner",
    "contact", "contact person", "contact name", "person", "employee", "mitarbeiter", "owner", "seller", "rep", "agent",
    "verkaufer", "betreuer", "nom", "prenom", "nombre", "apellido",
}  # fmt: skip
# May as well be of a company or a thing: the cells have to look like people too.
_MAYBE_NAMES = {"name", "customer", "client", "kunde", "kundin", "user", "who", "by", "author", "created by"}
_PHONES = {
    "phone",
    "tel",
    "telefon",
    "telephone",
    "mobile",
    "mobil",
    "handy",
    "fax",
    "telefono",
    "telefonnummer",
    "phone number",
}
_ADDRESSES = {"street", "address", "strasse", "straße", "adresse", "anschrift", "rue", "calle"}
_TEXTS = {
    "note", "notes", "comment", "comments", "description", "text", "remark", "remarks", "reason", "grund", "bemerkung",
    "bemerkungen", "notiz", "notizen", "kommentar", "beschreibung", "subject", "betreff", "message", "body",
}  # fmt: skip
_LONG = 4
_MOST = 0.5


def personal_kind(label: str, values: Sequence[str]) -> str:
    """The kind of personal data that a column of texts may hold, empty for none.

    Args:
        label: what the file calls it.
        values: its filled cells.
    """
    said = plain(label.rsplit(".", maxsplit=1)[-1] if label.startswith("$.") else label)
    if not values:
        return ""
    if _share(_EMAIL, values) >= _MOST:
        return EMAIL
    is_phone = said in _PHONES or any(value.startswith(("+", "00")) for value in values)
    if is_phone and _share(_PHONE, values) >= _MOST:
        return PHONE
    if said in _ADDRESSES:
        return ADDRESS
    looks_like_people = _share(_PERSON, values) >= _MOST and not any(_COMPANY.search(value) for value in values)
    if said in _NAMES or (said in _MAYBE_NAMES and looks_like_people):
        return NAME
    is_long = sum(len(value.split()) >= _LONG for value in values) >= _MOST * len(values)
    return FREE_TEXT if said in _TEXTS or is_long else ""


def _share(pattern: re.Pattern[str], values: Sequence[str]) -> float:
    return sum(pattern.fullmatch(value) is not None for value in values) / len(values)
