"""What is true of the company and no export says: propensities, injected defects, effects and duplicates.

It goes to a folder of its own that the pipeline never reads; tests compare what the pipeline finds with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from sample import campaign_exports, cells, deals, interest, words
from sample.accounts import Accounts
from sample.draws import Ints
from sample.handovers import MOVED_COUNTRY, move_day
from sample.people import LEAVER, SEGMENTS
from sample.world import World


@dataclass(frozen=True)
class Defects:
    """Records of one object that break one rule; `detail` says what is wrong, with all or with each."""

    rule: str
    object: str
    record_id: pa.StringArray
    detail: str | pa.StringArray = ""


def write(folder: Path, world: World, defects: Sequence[Defects]) -> None:
    """The five files of the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "lead_propensity": _lead_propensity(world),
        "deal_propensity": _deal_propensity(world),
        "defects": _defects(defects),
        "effects": _effects(world),
        "duplicates": _duplicates(world),
    }
    for name, table in tables.items():
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")


def _lead_propensity(world: World) -> pa.Table:
    return pa.table({"lead_id": world.spaces["Lead"].all(), "propensity": pa.array(world.leads.propensity)})


def _deal_propensity(world: World) -> pa.Table:
    return pa.table({"opportunity_id": world.spaces["Opportunity"].all(), "propensity": pa.array(world.deals.propensity)})


def _defects(found: Sequence[Defects]) -> pa.Table:
    columns: dict[str, list[pa.Array]] = {"rule": [], "object": [], "record_id": [], "detail": []}
    for defects in found:
        n = len(defects.record_id)
        for name, value in (("rule", defects.rule), ("object", defects.object), ("detail", defects.detail)):
            columns[name].append(cells.same(value, n) if isinstance(value, str) else value)
        columns["record_id"].append(defects.record_id)
    return pa.table({name: pa.chunked_array(parts, pa.string()) for name, parts in columns.items()})


def _effects(world: World) -> pa.Table:
    """Kind, name and value: factors on the chance of converting or winning, and the days on which something changed."""
    effects: list[tuple[str, str, float]] = []
    for position, segment in enumerate(SEGMENTS):
        effects.append(("segment_propensity", segment, interest.SEGMENT_INTEREST[position] / 100))
        effects.append(("segment_win_rate", segment, deals.WIN[deals.FROM_LEAD][position]))
    for position, source in enumerate(words.LEAD_SOURCES):
        effects.append(("source_propensity", source, words.LEAD_SOURCE_INTEREST[position] / 100))
        effects.append(("source_win_rate", source, words.LEAD_SOURCE_QUALITY[position] / 100))
    effects += [
        ("title_propensity", title, percent / 100)
        for title, percent in zip((*words.TITLES, ""), words.TITLE_INTEREST, strict=True)
    ]
    names = campaign_exports.names(world).to_pylist()
    effects += [
        ("campaign_propensity", name, percent / 100)
        for name, percent in zip(names, world.campaigns.effect.tolist(), strict=True)
    ]
    effects.append(("ramp_win_rate", f"first {deals.RAMPING_DAYS} days", deals.RAMPING_CHANCE))
    user_ids = world.spaces["User"].all().to_pylist()
    effects += [
        ("rep_win_rate", user_ids[user], float(world.people.skill[user]))
        for user in np.flatnonzero(world.people.is_rep).tolist()
    ]
    effects.append(("manager_change_day", user_ids[LEAVER], float(world.people.change_day)))
    effects.append(("territory_move_day", words.COUNTRIES[MOVED_COUNTRY], float(move_day(world.span))))
    kind, name, value = zip(*effects, strict=True)
    return pa.table({"kind": pa.array(kind), "name": pa.array(name), "value": pa.array(value, pa.float64())})


def _duplicates(world: World) -> pa.Table:
    book: Accounts = world.book
    pairs: list[tuple[str, Ints, Ints]] = []
    twin_leads = np.flatnonzero(world.leads.twin >= 0)
    pairs.append(("Lead", twin_leads, world.leads.twin[twin_leads]))
    pairs.append(("Account", np.arange(book.originals, book.count, dtype=np.int64), book.twins))
    twin_contacts = np.flatnonzero(world.faces.twin >= 0)
    pairs.append(("Contact", twin_contacts, world.faces.twin[twin_contacts]))
    tables = [
        pa.table(
            {
                "object": pa.array([f"salesforce.{name}"] * len(record)),
                "record_id": world.spaces[name].of(record),
                "master_id": world.spaces[name].of(master),
            }
        )
        for name, record, master in pairs
    ]
    return pa.concat_tables(tables)
