"""Marketing automation: the people it knows and what they do, as an at-least-once feed delivers it.

Events carry no id, stand out of order and sometimes twice. How much somebody does, what, and for how long follows from an
intent that nothing else shows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.archive import Versions
from sample.draws import Flags, Ints, Pools, Stream
from sample.leads import WORKING, emails
from sample.timeline import Timeline
from sample.traits import Traits
from sample.world import World

_PART = 50_000
_DAY_MS = 86_400_000
_SHARE_OF_LEADS = 0.95
_EVENTS = 150_000  # at scale 1
_DELIVERED_TWICE = 0.015
_LATE = 0.06
_BEFORE_PERSON = 0.0008
# Days of doing something: without intent, and how many more with the most.
_LEAST_DAYS, _MORE_DAYS = 6, 90
# Nobody's doings reach further back than this; the first visits count for so many days.
_LONGEST_DAYS, _FIRST_DAYS = 60, 10
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)

_SITE = "https://www.brightwell.example"
_PAGES = ("/", "/pricing", "/product", "/customers", "/blog/forecasting", "/blog/pipeline-reviews", "/docs", "/demo")
_FORMS = ("contact-us", "demo-request", "newsletter", "whitepaper-download")
_CAMPAIGNS = ("spring-launch", "benchmark-report", "webinar-series", "customer-stories", "year-end-offer")
_UTM = (("google", "cpc"), ("linkedin", "paid-social"), ("newsletter", "email"), ("partner", "referral"), ("", ""))
# (type, weight of idle people, weight of those who mean it, what its properties say)
_TYPES = (
    ("page-visited", 300, 420, "page"),
    ("form-submitted", 8, 130, "form"),
    ("email-sent", 400, 90, "campaign"),
    ("email-opened", 120, 130, "campaign"),
    ("email-clicked", 10, 90, "campaign"),
    ("email-bounced", 7, 1, "campaign"),
    ("added-tag-mql", 4, 34, "none"),
    ("added-tag-webinar", 10, 22, "none"),
    ("trial-started", 1, 34, "page"),
    ("sms-sent", 16, 8, "campaign"),
    ("integration-connected", 1, 10, "none"),
)
_TAGS = ("", "mql", "webinar", "mql;webinar", "trial", "mql;trial", "newsletter")
_SEGMENTS = ("All users", "All users;Engaged", "All users;Dormant", "All users;Trial users")


@dataclass(frozen=True)
class Audience:
    """The leads that marketing knows; `has_user_id` marks those with a login, whose events carry the user id.

    `opened` is the moment (ms) since when each is known, `begins` and `closes` are those between which each does something.
    """

    lead: Ints
    has_user_id: Flags
    opened: Ints
    begins: Ints
    closes: Ints
    weight: Ints

    @property
    def count(self) -> int:
        """How many people."""
        return len(self.lead)


@dataclass(frozen=True)
class Feed:
    """One entry per delivered line, by arrival. `event` numbers the event itself: some are delivered twice. Moments in ms."""

    event: Ints
    person: Ints
    kind: Ints
    tail: Ints
    moment: Ints
    arrival: Ints
    early: Flags


def know(world: World) -> Audience:
    """Choose the people: no repetitions of one person, nobody without a usable address."""
    stream = Stream(world.seed, "audience")
    leads, span = world.leads, world.span
    usable = (leads.twin < 0) & ~leads.deleted & (leads.at_sign == 0)
    lead = np.flatnonzero(usable & stream.chance(_SHARE_OF_LEADS, leads.count))
    intent, opened = leads.intent[lead], leads.created[lead] * 1000
    length = ((_LEAST_DAYS + _MORE_DAYS * intent * intent) * _DAY_MS).astype(np.int64)
    last = span.end * 1000 - 1
    # Whoever became a customer's contact soon has other things to do; whoever is still being talked to is kept warm.
    converted = np.where(leads.converted[lead] >= 0, leads.converted[lead] * 1000 + 20 * _DAY_MS, last)
    is_open = leads.status_at(lead, np.full(len(lead), span.end - 1)) <= WORKING
    closes = np.where(is_open, last, np.minimum(np.minimum(opened + length, converted), last))
    begins = np.maximum(opened, closes - _LONGEST_DAYS * _DAY_MS)
    # Everyone has a rate of doing things; who came yesterday has had little time yet.
    days = np.maximum((closes - begins) // _DAY_MS, 1)
    eagerness = (3 + 77 * intent * intent * intent).astype(np.int64) * stream.between(16, 24, len(lead))
    return Audience(
        lead=lead,
        has_user_id=stream.chance(0.3, len(lead)),
        opened=opened,
        begins=begins,
        closes=np.maximum(closes, begins + 1),
        weight=eagerness * (_FIRST_DAYS + days),
    )


def feed(world: World, audience: Audience) -> Feed:
    """The events in the order of their arrival; what arrives after the last day is not there yet."""
    total = max(60, round(_EVENTS * world.scale))
    parts = [_drawn(world, audience, part, min(_PART, total - start)) for part, start in enumerate(range(0, total, _PART))]
    event, person, kind, tail, moment, arrival, early = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(arrival, kind="stable")
    order = order[arrival[order] < world.span.end * 1000]
    return Feed(event[order], person[order], kind[order], tail[order], moment[order], arrival[order], early[order])


def _drawn(world: World, audience: Audience, part: int, n: int) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Flags]:
    stream = Stream(world.seed, "marketing events", part)
    _, first, width = _tails()
    person = Pools(audience.weight[None, :]).draw(stream, np.zeros(n, dtype=np.int64))
    length = audience.closes[person] - audience.begins[person]
    moment = audience.begins[person] + (length * stream.unit(n)).astype(np.int64)
    early = stream.chance(_BEFORE_PERSON, n)
    moment = np.where(early, audience.opened[person] - stream.between(1, 20, n) * _DAY_MS, moment)
    means_it = stream.chance(world.leads.intent[audience.lead[person]], n)
    kind = np.where(means_it, stream.pick([kind[2] for kind in _TYPES], n), stream.pick([kind[1] for kind in _TYPES], n))
    tail = first[kind] + stream.below(width[kind], n)
    arrival = moment + np.where(stream.chance(_LATE, n), stream.below(2 * _DAY_MS, n), 0)
    again = np.flatnonzero(stream.chance(_DELIVERED_TWICE, n))
    which = np.concatenate([np.arange(n), again])
    arrivals = np.concatenate([arrival, arrival[again] + stream.below(_DAY_MS // 4, len(again))])
    return part * _PART + which, person[which], kind[which], tail[which], moment[which], arrivals, early[which]


def versions(world: World, audience: Audience, arrived: Feed) -> list[Versions]:
    """The events line by line as they arrive, and the people with their newest activity."""
    names = cells.chosen(audience.has_user_id, _user_ids(audience), emails(world.leads, audience.lead))
    heads = pa.array([f'{{"type": "{kind}", "person": "' for kind, _, _, _ in _TYPES])
    tails, _, _ = _tails()

    def lines(which: Ints) -> pa.Table:
        text = cells.joined(
            cells.words(heads, arrived.kind[which]),
            cells.words(names, arrived.person[which]),
            '", "timestamp": ',
            cells.integers(arrived.moment[which]),
            cells.words(tails, arrived.tail[which]),
        )
        return pa.table({"line": text})

    # A person's row changes when the tool learns of an event; a day's events make one change.
    every = np.arange(audience.count, dtype=np.int64)
    learnt = np.maximum(arrived.arrival, audience.opened[arrived.person])
    changes = Timeline([(every, audience.opened // 1000), (arrived.person, learnt // _DAY_MS * 86_400 + 86_399)])
    newest = _newest(audience, arrived, changes)

    def people(which: Ints) -> pa.Table:
        return _people(world, audience, changes.record[which], newest[which])

    return [
        Versions("encharge", "events", np.arange(len(arrived.event)), arrived.arrival // _DAY_MS, lines, suffix="jsonl"),
        Versions("encharge", "people", changes.record, changes.day, people),
    ]


def _newest(audience: Audience, arrived: Feed, changes: Timeline) -> Ints:
    """For each change the moment (ms) of the person's newest event known by then, or of the person's creation."""
    newest = audience.opened[changes.record]
    place = changes.latest(
        arrived.person, np.maximum(arrived.arrival, audience.opened[arrived.person]) // _DAY_MS * 86_400 + 86_399
    )
    np.maximum.at(newest, place, arrived.moment)
    # Carried forward within each person; people come one after another, so that a running maximum does it.
    start = newest.min() if len(newest) else 0
    owner = changes.record << 37
    return np.asarray(np.maximum.accumulate((newest - start) | owner) - owner + start)


def _tails() -> tuple[pa.StringArray, Ints, Ints]:
    """Every ending of a line, and for each type the place of its first one and how many it has."""
    texts: list[str] = []
    first, width = [], []
    for _, _, _, says in _TYPES:
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


def _people(world: World, audience: Audience, person: Ints, newest: Ints) -> pa.Table:
    leads, market, traits = world.leads, world.market, Traits(world.seed, "person")
    lead = audience.lead[person]
    first = cells.words(words.FIRST_NAMES, leads.first_name[lead])
    last = cells.words(words.LAST_NAMES, leads.last_name[lead])
    company = leads.company[lead]
    slip = traits.chance("country slip", 0.008, person).astype(np.int64)
    score = np.minimum(traits.below("score", 50, person) + (50 * leads.intent[lead]).astype(np.int64), 100)
    return pa.table(
        {
            "id": _ids(person),
            "userId": cells.where(audience.has_user_id[person], _user_ids(audience).take(pa.array(person))),
            "email": emails(leads, lead),
            "name": cells.joined(first, " ", last),
            "firstName": first,
            "lastName": last,
            "title": cells.words(words.TITLES, leads.title[lead]),
            "company": companies.names(market, company),
            "website": cells.joined("https://www.", companies.domains(company)),
            "country": companies.location(market, company, slip)["Country"],
            "leadScore": cells.integers(score),
            "tags": cells.words(_TAGS, traits.below("tags", len(_TAGS), person)),
            "segments": cells.words(_SEGMENTS, traits.below("segments", len(_SEGMENTS), person)),
            "unsubscribed": cells.flags(traits.chance("unsubscribed", 0.04, person)),
            "lastActivity": cells.timestamps(newest // 1000),
            "createdAt": cells.timestamps(audience.opened[person] // 1000),
        }
    )


def _user_ids(audience: Audience) -> pa.StringArray:
    return cells.joined("user-", cells.digits(100_000 + np.arange(audience.count), 7))


def _ids(person: Ints) -> pa.StringArray:
    """Sixteen hexadecimal digits each; an odd factor modulo 2**64 keeps them different."""
    mixed = ((person + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)).astype(">u8").view(np.uint8).reshape(-1, 8)
    out = np.empty((len(person), 16), dtype=np.uint8)
    out[:, 0::2] = _HEX[mixed >> 4]
    out[:, 1::2] = _HEX[mixed & 15]
    return cells.fixed(out)
