"""Models that grow a day at a time equal a full refresh, whatever changed of what they are made of, and build no day more."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from ingestion import contract_reader
from ingestion.contract import Contract
from tests.integration.exports import Place, csv_text
from tests.lint.empty_home import make_empty_home
from warehouse import company, config_tables, database

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
START = dt.datetime(2026, 3, 1, 12)
FACTS = ("core.fct_activity", "core.fct_marketing_event")
MODELS = (
    *(f"+{fact.split('.')[1]}" for fact in FACTS),
    "+stg_salesforce__opportunity_history",
    "+stg_salesforce__opportunity_field_history",
    "+stg_salesforce__lead_history",
    "+stg_hubspot__property_history",
)
ZONES = ("Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo")
STEPS = 3
HISTORIES = int(os.environ.get("SALESOPS_INCREMENTAL_HISTORIES", "2"))
Drop = tuple[str, str]
pytestmark = pytest.mark.slow


def dbt_run(place: Place, *arguments: str, select: Sequence[str] = ()) -> None:
    """Build the models of this test, or some."""
    root = place.home.root
    environment = os.environ | {
        "SALESOPS_HOME": str(root),
        "DBT_TARGET_PATH": str(root.parent / "target"),
        "DBT_LOG_PATH": str(root / "logs"),
    }
    command = [str(Path(sys.executable).with_name("dbt")), "run", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    done = subprocess.run(
        [*command, "--select", *(select or MODELS), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def tables(place: Place) -> dict[str, tuple[int, str]]:
    """An order-free hash of every table that dbt made, the fingerprints left out."""
    with database.connect(place.home.build, read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE schema_name IN ('staging', 'intermediate', 'core')"
        ).fetchall()
        return {name: database.table_hash(connection, name) for (name,) in names}


def configure(place: Place, step: int, code: str = "") -> None:
    """The date of a step, two days after the one before."""
    with database.connect(place.home.build) as connection:
        config_tables.write(connection, company.load(), (START + dt.timedelta(days=2 * step + 6)).date(), code)


def moment(chance: random.Random) -> dt.datetime:
    """Some time of two weeks, so that days are shared, and often near midnight."""
    return START + dt.timedelta(hours=12 * chance.randrange(28), minutes=chance.choice([-30, 0, 30]))


def text(when: dt.datetime) -> str:
    """As Salesforce writes it."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def exports(chance: random.Random, step: int) -> list[Drop]:
    """What a CRM, a second CRM and a marketing tool send in one step: new, changed, deleted and late records."""
    day = (START + dt.timedelta(days=step)).date()
    late = (START + dt.timedelta(days=step - 2)).date()

    def some(prefix: str, of: int = 12, at_most: int = 5) -> list[str]:
        return [f"{prefix}{number:012d}" for number in chance.sample(range(of), chance.randint(1, at_most))]

    def task(key: str) -> list[str]:
        when = moment(chance)
        done = chance.random() < 0.7
        return [
            key,
            chance.choice(["Call", "E-mail", "To do"]),
            chance.choice(["Call", "Email", "Task"]),
            "Completed" if done else "Not Started",
            chance.choice(some("006") + some("001")),
            chance.choice([*some("001"), ""]),
            f"005{chance.randrange(3):012d}",
            text(when) if done and chance.random() < 0.8 else "",
            str(when.date()) if chance.random() < 0.8 else "",
            text(START),
            str(chance.randrange(600)),
            str(chance.random() < 0.15).lower(),
        ]

    def meeting(key: str) -> list[str]:
        when = moment(chance)
        return [key, "Intro", text(when), text(when + dt.timedelta(minutes=45)), f"005{chance.randrange(3):012d}", text(START)]

    def call(key: str) -> list[str]:
        return [key, "Hello", "COMPLETED", str(chance.randrange(90000)), text(moment(chance)), text(START + dt.timedelta(step))]

    def event(number: int) -> str:
        who = chance.choice(["p1", "own1", "one@x.com", "two@x.com"])
        at = int(moment(chance).timestamp() * 1000)
        return json.dumps({"type": "visited", "person": who, "timestamp": at, "properties": {"url": f"/{number}"}})

    def change(key: str) -> list[str]:
        return [key, chance.choice(some("006")), "Amount", "1", str(step), text(moment(chance))]

    task_header = (
        "Id", "Subject", "TaskSubtype", "Status", "WhatId", "AccountId", "OwnerId", "CompletedDateTime", "ActivityDate",
        "CreatedDate", "CallDurationInSeconds", "IsDeleted",
    )  # fmt: skip
    history = [
        [key, chance.choice(some("006")), "New", str(step), "2026-04-01", text(moment(chance))] for key in some("008", of=30)
    ]
    possible: list[tuple[str, Callable[[], str]]] = [
        (f"Task_{day}.csv", lambda: csv_text(task_header, [task(key) for key in some("00T", 40, 12)])),
        (f"Task_{late}.csv", lambda: csv_text(task_header, [task(key) for key in some("00T", 40, 3)])),
        (
            f"Event_{day}.csv",
            lambda: csv_text(
                ("Id", "Subject", "StartDateTime", "EndDateTime", "OwnerId", "CreatedDate"),
                [meeting(key) for key in some("00U")],
            ),
        ),
        (
            f"User_{day}.csv",
            lambda: csv_text(("Id", "Name", "TimeZoneSidKey"), [[key, key, chance.choice(ZONES)] for key in some("005", 3, 2)]),
        ),
        (
            f"Opportunity_{day}.csv",
            lambda: csv_text(
                ("Id", "Name", "AccountId", "StageName", "CloseDate", "CreatedDate", "LastModifiedDate"),
                [
                    [key, key, chance.choice(some("001")), "New", "2026-04-01", text(START), text(START + dt.timedelta(step))]
                    for key in some("006")
                ],
            ),
        ),
        (f"Account_{day}.csv", lambda: csv_text(("Id", "Name"), [[key, key] for key in some("001")])),
        (
            f"OpportunityHistory_{day}.csv",
            lambda: csv_text(("Id", "OpportunityId", "StageName", "Amount", "CloseDate", "CreatedDate"), history),
        ),
        (
            f"OpportunityFieldHistory_{day}.csv",
            lambda: csv_text(
                ("Id", "OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"), [change(key) for key in some("017")]
            ),
        ),
        (
            f"hubspot/calls_{day}.csv",
            lambda: csv_text(
                (
                    "hs_object_id",
                    "hs_call_title",
                    "hs_call_status",
                    "hs_call_duration",
                    "hs_timestamp",
                    "hs_lastmodifieddate",
                ),
                [call(key) for key in some("1")],
            ),
        ),
        (
            f"hubspot/property_history_{day}.csv",
            lambda: csv_text(
                ("object_type", "object_id", "property", "value", "timestamp"),
                [["deal", key, "amount", str(step), text(moment(chance))] for key in some("2")],
            ),
        ),
        (f"encharge/events_{day}.jsonl", lambda: "\n".join(event(number) for number in range(chance.randint(1, 5))) + "\n"),
        (
            f"encharge/people_{day}.csv",
            lambda: csv_text(
                ("id", "email", "userId"),
                [["p1", chance.choice(["one@x.com", "two@x.com"]), "own1"], ["p2", chance.choice(["two@x.com", ""]), ""]],
            ),
        ),
    ]
    return [(name, content()) for name, content in possible if chance.random() < 0.7]


def with_change(contracts: list[Contract], folder: Path, identity: str, name: str, value: object) -> list[Contract]:
    """The contracts, one of them with another custom property."""
    path = next(path for path in contract_reader.BUILT_IN.glob("*.yml") if f"\nid: {identity}\n" in path.read_text("utf-8"))
    document = yaml.safe_load(path.read_text("utf-8"))
    document["customProperties"].append({"property": name, "value": value})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / path.name).write_text(yaml.safe_dump(document), encoding="utf-8")
    return [contract if contract.id != identity else contract_reader.read(folder / path.name) for contract in contracts]


def pair(tmp_path: Path, contracts: list[Contract]) -> tuple[Place, Place]:
    """Two homes, one to grow and one to build at once."""
    return tuple(Place(make_empty_home(tmp_path / name).root, contracts) for name in ("grown", "at_once"))  # type: ignore[return-value]


@pytest.mark.parametrize(("seed", "is_full"), [(seed, seed % 3 == 0) for seed in range(HISTORIES)])
def test_tables_that_grew_equal_a_full_refresh(tmp_path: Path, seed: int, is_full: bool) -> None:
    chance = random.Random(seed)  # noqa: S311
    contracts = contract_reader.read_all()
    if is_full:
        for identity in ("salesforce.Event", "salesforce.Task"):
            contracts = with_change(contracts, tmp_path / "full", identity, "delivery", "full")
    grown, at_once = pair(tmp_path, contracts)
    for step in range(STEPS):
        if step == STEPS - 1:
            # Files that are known are read again under another contract.
            changed = with_change(contracts, tmp_path / "later", "salesforce.Task", "nullWords", ["To do"])
            grown.contracts = at_once.contracts = changed
        for name, content in exports(chance, step):
            grown.drop(name, content)
            at_once.drop(name, content)
        for place, arguments in ((grown, ()), (at_once, ("--full-refresh",))):
            place.ingest()
            configure(place, step)
            if place is grown or step == STEPS - 1:
                dbt_run(place, *arguments)
    assert tables(grown) == tables(at_once)
    assert all(tables(grown)[fact][0] > 0 for fact in FACTS)


def test_only_days_that_changed_are_built_again_and_other_settings_build_all(tmp_path: Path) -> None:
    """Marks in rows of days that nothing touched are still there afterwards, until the code is another."""
    (place, _) = pair(tmp_path, contract_reader.read_all())
    header = ("Id", "Subject", "Status", "CompletedDateTime", "CreatedDate")

    def drop(number: int, subject: str, day: int, extracted: int) -> None:
        when = text(START + dt.timedelta(days=day))
        place.drop(
            f"Task_2026-03-{extracted:02d}.csv", csv_text(header, [[f"00T{number:012d}", subject, "Completed", when, when]])
        )

    def build(code: str = "") -> list[str]:
        place.ingest()
        configure(place, 0, code)
        dbt_run(place)
        return [subject for (subject,) in place.rows("SELECT subject FROM core.fct_activity ORDER BY source_activity_id")]

    def mark(*names: str) -> None:
        with database.connect(place.home.build) as connection:
            for name in names:
                connection.execute(f"UPDATE {name} SET subject = 'a mark'")

    for number in range(3):
        drop(number, "as it was", number, 10 + number)
    assert build() == ["as it was"] * 3
    mark("staging.stg_salesforce__task", "core.fct_activity")
    drop(1, "changed", 1, 20)
    drop(2, "moved", 0, 21)
    # The first shares its new day with the third, so it is read again; nobody touches a row that shares no day with a change.
    assert build() == ["as it was", "changed", "moved"]
    mark("core.fct_activity")
    drop(2, "moved on", 5, 22)
    assert build() == ["as it was", "a mark", "moved on"]
    assert build(code="of the next release") == ["as it was", "changed", "moved on"]


def test_a_part_of_the_models_that_ran_alone_does_no_lasting_harm(tmp_path: Path) -> None:
    """A wording that is classified only later takes effect then."""
    (place, _) = pair(tmp_path, contract_reader.read_all())
    header = ("Id", "Subject", "Status", "CompletedDateTime", "CreatedDate")
    for number, parts in enumerate(((), ("+int_activity_day", "--exclude", "int_activity_classified"), ("fct_activity",), ())):
        when = text(START)
        rows = [[f"00T{n:012d}", f"subject {n}", "Completed", when, when] for n in range(1 + min(number, 1))]
        place.drop(f"Task_2026-03-{1 + number:02d}.csv", csv_text(header, rows))
        place.ingest()
        configure(place, 0)
        dbt_run(place, select=parts)
    assert place.rows("SELECT count(*) FROM core.fct_activity") == [(2,)]
