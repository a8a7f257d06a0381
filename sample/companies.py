"""The companies of the market: one set of facts that leads, accounts, contacts and marketing people all draw on.

A company is a number; its name and web domain are different from every other company's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from sample import cells, words
from sample.draws import Flags, Floats, Ints, Stream

# Small (below 200 people), middle and large (from 1,000) companies; the cuts are those of the default segments.
SIZE_WEIGHTS = (58, 28, 14)
_SIZE_FROM = (1, 200, 1000)
_SIZE_BELOW = (200, 1000, 50_001)
_SIZE_STEEPNESS = (2, 2, 4)
_BRANDS = len(words.NAME_STARTS) * len(words.NAME_MIDDLES) * len(words.NAME_ENDS)
_NAMES = _BRANDS * len(words.NAME_FIELDS)
# Shares no factor with _NAMES, so that multiplying by it visits every name once, in no visible order.
_STRIDE = 205_891_133
_AT_SIGNS = ("@", "", " @", "@@")
INDUSTRY_TEXTS = words.INDUSTRIES + words.INDUSTRY_SLIPS
COUNTRY_TEXTS = words.COUNTRIES + words.COUNTRY_SLIPS


@dataclass(frozen=True)
class Companies:
    """One entry per company; `segment` is 0 small, 1 middle, 2 large."""

    segment: Ints
    employees: Ints
    revenue: Ints
    industry: Ints
    place: Ints
    postal: Ints
    form: Ints


def found(seed: int, segment: Ints) -> Companies:
    """One company for each entry of `segment`, of that size."""
    stream = Stream(seed, "companies")
    count = len(segment)
    low, below = np.array(_SIZE_FROM)[segment], np.array(_SIZE_BELOW)[segment]
    # A power of a uniform number: many near the lower edge, few near the upper one.
    bent = _bent(stream.unit(count), np.array(_SIZE_STEEPNESS)[segment])
    employees = low + ((below - low) * bent).astype(np.int64)
    return Companies(
        segment=segment,
        employees=employees,
        revenue=employees * stream.between(60, 240, count) * 1000,
        industry=stream.pick(words.INDUSTRY_WEIGHTS, count),
        place=stream.pick([place[4] for place in words.PLACES], count),
        postal=stream.below(100, count),
        form=stream.below(len(words.LEGAL_FORMS), count),
    )


def in_euros(companies: Companies, which: Ints) -> Flags:
    """Whether each company lies in a country that pays in euros."""
    euros = np.array([place[3] in words.EURO_COUNTRIES for place in words.PLACES])
    return np.asarray(euros[companies.place[which]])


def _bent(unit: Floats, steepness: Ints) -> Floats:
    square = unit * unit
    return np.where(steepness > 2, square * square, square)


def names(companies: Companies, which: Ints, respelt: Ints | int = 0) -> pa.StringArray:
    """Company names; `respelt` is how many places the legal form is moved on (a duplicate's other spelling)."""
    brand, field, number = _parts(which)
    form = (companies.form[which] + respelt) % len(words.LEGAL_FORMS)
    return cells.joined(cells.words(_brands(), brand), cells.words([f" {word}" for word in words.NAME_FIELDS], field), number,
                        cells.words(words.LEGAL_FORMS, form))  # fmt: skip


def domains(which: Ints) -> pa.StringArray:
    """Web domains, one for each company name."""
    brand, field, number = _parts(which)
    field_words = [f"-{word.lower()}" for word in words.NAME_FIELDS]
    return cells.joined(cells.words(_lower_brands(), brand), cells.words(field_words, field), number, ".com")


def _parts(which: Ints) -> tuple[Ints, Ints, pa.StringArray | str]:
    name = which * _STRIDE % _NAMES
    turn = which // _NAMES
    number: pa.StringArray | str = ""
    if len(turn) and turn.max() > 0:
        number = cells.integers(turn + 1, turn > 0)
    return name // len(words.NAME_FIELDS), name % len(words.NAME_FIELDS), number


@cache
def _brands() -> pa.StringArray:
    return pa.array([a + b + c for a in words.NAME_STARTS for b in words.NAME_MIDDLES for c in words.NAME_ENDS])


@cache
def _lower_brands() -> pa.StringArray:
    return pa.array([name.lower() for name in _brands().to_pylist()])


def location(companies: Companies, which: Ints, slip: Ints) -> dict[str, pa.StringArray]:
    """City, State, PostalCode and Country; where `slip` is 1 the country is misspelt."""
    place = companies.place[which]
    country = np.array([place[3] for place in words.PLACES])[place]
    head = np.array([place[2] for place in words.PLACES])[place]
    return {
        "City": cells.words([place[0] for place in words.PLACES], place),
        "State": cells.words([place[1] for place in words.PLACES], place),
        "PostalCode": cells.digits(head * 100 + companies.postal[which], 5),
        "Country": cells.words(COUNTRY_TEXTS, country + slip * len(words.COUNTRIES)),
    }


def phones(companies: Companies, which: Ints, numbers: Ints) -> pa.StringArray:
    """Telephone numbers with the country's dial code; negative numbers give an empty cell."""
    dial = np.array([place[3] for place in words.PLACES])[companies.place[which]]
    text = cells.joined(cells.words(words.DIAL_CODES, dial), " ", cells.digits(np.abs(numbers), 9))
    return cells.where(numbers >= 0, text)


def short_phones(companies: Companies, which: Ints, numbers: Ints) -> pa.StringArray:
    """Telephone numbers that nobody can dial: the last digits were lost."""
    dial = np.array([place[3] for place in words.PLACES])[companies.place[which]]
    return cells.joined(cells.words(words.DIAL_CODES, dial), " ", cells.digits(numbers, 4))


def person_emails(first: Ints, last: Ints, company: Ints, at_sign: Ints) -> pa.StringArray:
    """first.last@domain in plain letters; `at_sign` 0 is right, 1 to 3 are ways to get it wrong."""
    return cells.joined(
        cells.words([name.translate(words.ASCII).lower() + "." for name in words.FIRST_NAMES], first),
        cells.words([name.translate(words.ASCII).lower() for name in words.LAST_NAMES], last),
        cells.words(_AT_SIGNS, at_sign),
        domains(company),
    )
