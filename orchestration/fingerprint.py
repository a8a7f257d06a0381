"""One hash of everything that published marts are a function of (law 1): equal fingerprints mean equal data."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ingestion import ingest
from orchestration.settings import Settings
from serving import decisions
from warehouse import personal
from warehouse.ledger import Ledger

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("dbt_project", "expectations", "ingestion", "orchestration", "planning", "serving", "warehouse")
ENGINES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "statsforecast")
CODE = (".py", ".sql", ".yml")
ACCEPTED = "rule_accepted"


def of(settings: Settings, as_of: dt.date | None) -> str:
    """The fingerprint of what a run would publish now: 64 hexadecimal digits.

    Args:
        settings: the working place; its ledger, contracts and business files count, its clock does not.
        as_of: the date that was asked for; None when the data decides.
    """
    content = {
        "input": ingest.input_state(settings.home, settings.contracts()),
        "company": settings.company().hash,
        "accepted": accepted(settings),
        "decisions": [row["signature"] for row in decisions.event_rows(Ledger(settings.home.ledger))],
        "as_of": as_of.isoformat() if as_of else None,
        "code": build_mark(),
        "personal_key": personal.mark(settings.home.root),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()


def accepted(settings: Settings) -> dict[str, str]:
    """The rules that a person accepted although they fail, with the reasons; a later withdrawal removes one."""
    found: dict[str, str] = {}
    for event in Ledger(settings.home.ledger).events(ACCEPTED):
        if event.body["reason"]:
            found[event.body["rule"]] = event.body["reason"]
        else:
            found.pop(event.body["rule"], None)
    return found


def build_mark() -> str:
    """What tells one state of code and engines from another: what another made is made anew."""
    return json.dumps({"code": code_hash(), "engines": {name: version(name) for name in ENGINES}}, sort_keys=True)


@cache
def code_hash() -> str:
    """A hash over the product's own files."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in CODE and "target" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode("utf-8") + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
