"""Marketing automation: the people it knows and what they do, as an at-least-once feed delivers it.

Events carry no id, stand out of order and sometimes twice. Who converts later is busier before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.companies import Companies
from sample.draws import Ints, Pools, Stream
from sample.leads import Leads, emails
from sample.moments import Span

_PART = 50_000
_DAY_MS = 86_400_000
_SHARE_OF_LEADS = 0.6
_DELIVERED_TWICE = 0.015
_LATE = 0.06
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)

_SITE = "https://www.brightwell.example"
_PAGES = ("/", "/pricing", "/product", "/customers", "/blog/forecasting", "/blog/pipeline-reviews", "/docs", "/demo")
_FORMS = ("contact-us", "demo-request", "newsletter", "whitepaper-download")
_CAMPAIGNS = ("spring-launch", "benchmark-report", "webinar-series", "customer-stories", "year-end-offer")
_UTM = (("google", "cpc"), ("linkedin", "paid-social"), ("newsletter", "email"), ("partner", "referral"), ("", ""))
# (type, weight, what its properties say)
_TYPES = (
    ("page-visited", 420, "page"),
    ("form-submitted", 60, "form"),
    ("email-sent", 200, "campaign"),
    ("email-opened", 120, "campaign"),
    ("email-clicked", 46, "campaign"),
    ("email-bounced", 5, "campaign"),
    ("added-tag-mql", 20, "none"),
    ("added-tag-webinar", 16, "none"),
    ("trial-started", 10, "page"),
    ("sms-sent", 12, "campaign"),
    ("integration-connected", 6, "none"),
)
_TAGS = ("", "mql", "webinar", "mql;webinar", "trial", "mql;trial", "newsletter")
_SEGMENTS = ("All users", "All users;Engaged", "All users;Dormant", "All users;Trial users")


@dataclass(frozen=True)
class Audience:
    """The leads that marketing knows; `has_user_id` marks those with a login, whose events carry the user id."""

    lead: Ints
    has_user_id: Ints
    opened: Ints
    closes: Ints
    weight: Ints

    @property
    def count(self) -> int:
        """How many people."""
        return len(self.lead)


def know(seed: int, span: Span, leads: Leads) -> Audience:
    """Choose the people: no repetitions of one person, nobody without a usable address."""
    stream = Stream(seed, "audience")
    usable = (leads.twin < 0) & ~leads.deleted & (leads.at_sign == 0)
    lead = np.flatnonzero(usable & stream.chance(_SHARE_OF_LEADS, leads.count))
    opened = leads.created[lead] * 1000
    return Audience(
        lead=lead,
        has_user_id=stream.chance(0.3, len(lead)).astype(np.int64),
        opened=opened,
        closes=np.minimum(opened + 150 * _DAY_MS, span.end * 1000 - 1),
        weight=np.where(leads.converted[lead] >= 0, 4, 1) * stream.between(1, 20, len(lead)),
    )


def persons(audience: Audience, leads: Leads) -> pa.StringArray:
    """How events name each person: the user id where there is one, else the e-mail address."""
    return cells.chosen(audience.has_user_id == 1, _user_ids(audience), emails(leads, audience.lead))


def event_lines(seed: int, scale: float, audience: Audience, names: pa.StringArray, newest: Ints) -> Iterator[pa.StringArray]:
    """The events as lines of JSON, part by part in order of arrival; notes each person's last moment (ms) in `newest`."""
    heads = pa.array([f'{{"type": "{kind}", "person": "' for kind, _, _ in _TYPES])
    tails, first, width = _tails()
    pool = Pools(audience.weight[None, :])
    total = max(20, round(100_000 * scale))
    for part, start in enumerate(range(0, total, _PART)):
        stream = Stream(seed, "marketing events", part)
        n = min(_PART, total - start)
        person = pool.draw(stream, np.zeros(n, dtype=np.int64))
        unit = stream.unit(n)
        length = audience.closes[person] - audience.opened[person]
        moment = audience.opened[person] + (length * (unit * unit)).astype(np.int64)
        np.maximum.at(newest, person, moment)
        kind = stream.pick([weight for _, weight, _ in _TYPES], n)
        tail = first[kind] + stream.below(width[kind], n)
        arrival = moment + np.where(stream.chance(_LATE, n), stream.below(2 * _DAY_MS, n), 0)
        again = np.flatnonzero(stream.chance(_DELIVERED_TWICE, n))
        which = np.concatenate([np.arange(n), again])
        arrivals = np.concatenate([arrival, arrival[again] + stream.below(_DAY_MS // 4, len(again))])
        which = which[np.argsort(arrivals, kind="stable")]
        yield cells.joined(
            cells.words(heads, kind[which]),
            cells.words(names, person[which]),
            '", "timestamp": ',
            cells.integers(moment[which]),
            cells.words(tails, tail[which]),
        )


def _tails() -> tuple[pa.StringArray, Ints, Ints]:
    """Every ending of a line, and for each type the place of its first one and how many it has."""
    texts: list[str] = []
    first, width = [], []
    for _, _, says in _TYPES:
        endings = [f', "properties": {json.dumps(properties)}}}\n' for properties in _properties(says)]
        first.append(len(texts))
        width.append(len(endings))
        texts += endings
    return pa.array(texts), np.array(first, dtype=np.int64), np.array(width, dtype=np.int64)


def _properties(says: str) -> list[dict[str, str]]:
    if says == "page":
        return [{"url": _SITE + page, **_utm(source, medium, _CAMPAIGNS[0])} for page in _PAGES for source, medium in _UTM]
    if says == "form":
        return [
            {"url": f"{_SITE}/{form}", "form": form, "campaign": campaign, **_utm(source, medium, campaign)}
            for form in _FORMS
            for campaign in _CAMPAIGNS
            for source, medium in _UTM
        ]
    if says == "campaign":
        return [{"campaign": campaign} for campaign in _CAMPAIGNS]
    return [{}]


def _utm(source: str, medium: str, campaign: str) -> dict[str, str]:
    return {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign} if source else {}


def people_rows(seed: int, audience: Audience, leads: Leads, market: Companies, newest: Ints) -> pa.Table:
    """The people export; `newest` is the moment (ms) of each one's last event, 0 for none."""
    stream = Stream(seed, "audience details")
    n, lead = audience.count, audience.lead
    first = cells.words(words.FIRST_NAMES, leads.first_name[lead])
    last = cells.words(words.LAST_NAMES, leads.last_name[lead])
    company = leads.company[lead]
    slip = stream.chance(0.008, n).astype(np.int64)
    score = np.minimum(stream.below(70, n) + np.where(leads.converted[lead] >= 0, 30, 0), 100)
    return pa.table(
        {
            "id": _ids(n),
            "userId": cells.where(audience.has_user_id == 1, _user_ids(audience)),
            "email": emails(leads, lead),
            "name": cells.joined(first, " ", last),
            "firstName": first,
            "lastName": last,
            "title": cells.words(words.TITLES, np.where(stream.chance(0.6, n), stream.pick(words.TITLE_WEIGHTS, n), -1)),
            "company": companies.names(market, company),
            "website": cells.joined("https://www.", companies.domains(company)),
            "country": companies.location(market, company, slip)["Country"],
            "leadScore": cells.integers(score),
            "tags": cells.words(_TAGS, stream.below(len(_TAGS), n)),
            "segments": cells.words(_SEGMENTS, stream.below(len(_SEGMENTS), n)),
            "unsubscribed": cells.flags(stream.chance(0.04, n)),
            "lastActivity": cells.timestamps(np.maximum(newest, audience.opened) // 1000),
            "createdAt": cells.timestamps(audience.opened // 1000),
        }
    )


def _user_ids(audience: Audience) -> pa.StringArray:
    return cells.joined("user-", cells.digits(100_000 + np.arange(audience.count), 7))


def _ids(n: int) -> pa.StringArray:
    """Sixteen hexadecimal digits each; an odd factor modulo 2**64 keeps them different."""
    mixed = (np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)).astype(">u8").view(np.uint8).reshape(n, 8)
    out = np.empty((n, 16), dtype=np.uint8)
    out[:, 0::2] = _HEX[mixed >> 4]
    out[:, 1::2] = _HEX[mixed & 15]
    return cells.fixed(out)
