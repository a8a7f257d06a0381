"""The enrichment/companies export: what bought data says of companies, looked up once and partly again a year later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.archive import Versions
from sample.draws import Flags, Ints, Stream
from sample.ready import ready
from sample.slips import NOTHING, some
from sample.truth import Defects
from sample.world import World

_LOOKED_UP = 4_000  # at scale 1
_SOURCES, _SOURCE_WEIGHTS = ("datagleam", "trade register"), (75, 25)
_SIZES = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001+")
_SIZE_FROM = (11, 51, 201, 501, 1001, 5001)
_AGAIN_AFTER, _AGAIN = 365, 0.5
_WRONG_INDUSTRY, _SLIP, _NOTHING, _WEBSITE, _AHEAD = 0.04, 0.01, 0.02, 0.01, 0.003


@dataclass(frozen=True)
class _LookUps:
    """One entry per company looked up; the flags are slips: another industry, a misspelt country, a word instead of a size, an
    address instead of a domain, a date to come."""

    company: Ints
    source: Ints
    day: Ints
    wrong: Flags
    slip: Flags
    nothing: Flags
    website: Flags
    ahead: Flags


def _look_ups(world: World) -> _LookUps:
    stream, span = Stream(world.seed, "enrichment"), world.span
    company = stream.sample(np.arange(len(world.market.segment), dtype=np.int64), max(20, round(_LOOKED_UP * world.scale)))
    n = len(company)
    every = np.ones(n, dtype=bool)
    return _LookUps(
        company=company,
        source=stream.pick(_SOURCE_WEIGHTS, n),
        day=span.first + stream.below(span.last - span.first + 1, n),
        wrong=some(stream, _WRONG_INDUSTRY, every),
        slip=some(stream, _SLIP, every),
        nothing=some(stream, _NOTHING, every),
        website=some(stream, _WEBSITE, every),
        ahead=some(stream, _AHEAD, every),
    )


def versions(world: World) -> list[Versions]:
    """Companies by domain and source; what is looked up again tells of a grown company."""
    found, span = _look_ups(world), world.span
    n = len(found.company)
    every = np.arange(n, dtype=np.int64)
    repeated = np.flatnonzero((found.day + _AGAIN_AFTER <= span.last) & Stream(world.seed, "enriched again").chance(_AGAIN, n))
    record = np.concatenate([every, repeated])
    again = np.arange(len(record)) >= n
    order = np.lexsort((again, record))
    record, again = record[order], again[order]
    company = found.company[record]
    seen = found.day[record] + np.where(again, _AGAIN_AFTER, 0)
    employees = world.market.employees[company] * np.where(again, 115, 100) // 100
    industry = (world.market.industry[company] + 3 * found.wrong[record]) % len(words.INDUSTRIES)
    size = cells.words(_SIZES, np.searchsorted(_SIZE_FROM, employees, side="right"))
    nothing = found.nothing[record]
    columns = {
        "domain": _domains(found, record),
        "industry": cells.words(words.INDUSTRIES, industry),
        "size": cells.chosen(nothing, cells.words(NOTHING, record % len(NOTHING)), size),
        "country": companies.location(world.market, company, found.slip[record].astype(np.int64))["Country"],
        "source": cells.words(_SOURCES, found.source[record]),
        "date": cells.dates(seen + np.where(found.ahead[record], 900, 0)),
    }
    return [ready("enrichment", "companies", seen, columns, record=record)]


def _domains(found: _LookUps, record: Ints) -> pa.StringArray:
    plain = companies.domains(found.company[record])
    return cells.chosen(found.website[record], cells.joined("https://www.", plain, "/"), plain)


def defects(world: World) -> list[Defects]:
    """Everything that is wrong, named by domain."""
    found = _look_ups(world)
    names = _domains(found, np.arange(len(found.company), dtype=np.int64))
    return [
        Defects(rule, "enrichment.companies", cells.words(names, np.flatnonzero(flag)), detail)
        for rule, flag, detail in (
            ("industry_contradicts", found.wrong, ""),
            ("country_unknown", found.slip, ""),
            ("null_word", found.nothing, "size"),
            ("domain_is_address", found.website, ""),
            ("date_in_future", found.ahead, ""),
        )
    ]
