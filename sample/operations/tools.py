"""The tools/stack export: what the sales organisation works with, counted anew every quarter."""

from __future__ import annotations

import numpy as np

from sample import cells
from sample.archive import Versions
from sample.draws import Ints, Stream
from sample.ready import ready
from sample.truth import Defects
from sample.world import World

# tool, function, vendor, dollars a year and licence, licences in percent of the people, integrates with, training offered,
# obstacle addressed, satisfaction of 10
_TOOLS = (
    ("Salesforce", "CRM", "Salesforce", 1_500, 120, "Encharge;Ledgerly;Callwise", True, "scattered customer data", 7),
    ("HubSpot", "CRM", "HubSpot", 900, 25, "Callwise", True, "scattered customer data", 8),
    ("Encharge", "Marketing automation", "Encharge", 600, 20, "Salesforce", True, "slow follow-up", 7),
    ("Callwise", "Dialler", "Callwise", 480, 70, "Salesforce;HubSpot", True, "too few calls", 6),
    ("Quotely", "Quoting", "Quotely", 360, 60, "Salesforce", False, "slow quotes", 5),
    ("Signwell", "Signature", "Signwell", 240, 60, "Quotely", False, "slow contracts", 8),
    ("Meetly", "Scheduling", "Meetly", 120, 90, "Salesforce", False, "time lost on appointments", 9),
    ("Ledgerly", "Finance", "Ledgerly", 1_100, 10, "Salesforce", True, "late invoices", 6),
    ("Stockroom", "ERP", "Stockroom", 1_800, 15, "", True, "stock-outs", 5),
    ("Deskline", "Support", "Deskline", 700, 40, "Salesforce", True, "unanswered questions", 7),
    ("Coachbook", "Training", "Coachbook", 200, 80, "", True, "slow ramp", 6),
    ("Datagleam", "Enrichment", "Datagleam", 350, 15, "Salesforce", False, "incomplete records", 4),
    ("Sheetshare", "Forecasting", "Sheetshare", 90, 100, "", False, "", 3),
    ("Pipewatch", "Forecasting", "Pipewatch", 800, 30, "Salesforce", True, "missed forecasts", 6),
)
_QUARTERS = 8
_DAYS = 91
# By tool: counted with more users than licences, liked more than the scale allows, misspelt function, listed twice.
_OVERCOUNTED, _TOO_HAPPY, _MISSPELT, _TWICE = 5, 7, 11, 6


def versions(world: World) -> list[Versions]:
    """A count of every tool each quarter; one tool is listed a second time under another spelling."""
    span, n = world.span, len(_TOOLS)
    record = np.repeat(np.arange(n + 1, dtype=np.int64), _QUARTERS)
    tool = np.where(record < n, record, _TWICE)
    quarter = np.tile(np.arange(_QUARTERS, dtype=np.int64), n + 1)
    people = max(world.people.count, 8)
    share = np.array([percent for *_, percent, _, _, _, _ in _TOOLS], dtype=np.int64)[tool]
    licences = np.maximum(people * share // 100, 1)
    use = Stream(world.seed, "tools").between(35, 95, n)[tool] + quarter % 3
    users = np.where(tool == _OVERCOUNTED, licences + 3, np.minimum(licences * use // 100, licences))
    satisfaction = np.array([entry[8] for entry in _TOOLS], dtype=np.int64)[tool]
    dollars = np.array([entry[3] for entry in _TOOLS], dtype=np.int64)[tool] * licences
    names = [entry[0] for entry in _TOOLS]
    functions = [entry[1] for entry in _TOOLS]
    functions[_MISSPELT] = "Enrichmnt"
    columns = {
        "tool": cells.words([*names, f" {names[_TWICE].upper()}"], record),
        "function": cells.words(functions, tool),
        "vendor": cells.words([entry[2] for entry in _TOOLS], tool),
        "cost_per_year": cells.money(dollars * 100),
        "licences": cells.integers(licences),
        "active_users": cells.integers(users),
        "integrates_with": cells.words([entry[5] or "none" for entry in _TOOLS], tool),
        "training_offered": cells.words(("no", "yes"), np.array([int(entry[6]) for entry in _TOOLS])[tool]),
        "renewal": cells.dates(_renewal(world, tool, quarter)),
        "obstacle_addressed": cells.words([entry[7] for entry in _TOOLS], tool),
        "satisfaction": cells.integers(np.where(tool == _TOO_HAPPY, 12, satisfaction)),
    }
    return [ready("tools", "stack", span.first + _DAYS * quarter, columns, record=record)]


def _renewal(world: World, tool: Ints, quarter: Ints) -> Ints:
    """The next day after the count on which the year of the licence is over."""
    begun = world.span.first + 23 * tool
    counted = world.span.first + _DAYS * quarter
    return np.asarray(begun + ((counted - begun) // 365 + 1) * 365)


def defects(_: World) -> list[Defects]:
    """More users than licences, a score above the scale, a misspelt function, a tool listed twice."""
    names = cells.words([entry[0] for entry in _TOOLS], np.arange(len(_TOOLS)))
    return [
        Defects(rule, "tools.stack", names.slice(tool, 1))
        for rule, tool in (
            ("more_users_than_licences", _OVERCOUNTED),
            ("satisfaction_out_of_range", _TOO_HAPPY),
            ("function_misspelt", _MISSPELT),
            ("entered_twice", _TWICE),
        )
    ]
