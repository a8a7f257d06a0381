"""What moved between exports: counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from ingestion import canonical
from ingestion.movement import Move, Slippage, movement
from warehouse import database

WEEKS = [dt.datetime(2026, 10, day) for day in (10, 17, 24)]


@pytest.fixture
def raw() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        database.configure(connection)
        canonical.create_all(connection)
        connection.execute("CREATE SCHEMA config")
        connection.execute(
            "CREATE TABLE config.stage AS SELECT * FROM (VALUES ('*', 'New', 'open', 1), ('*', 'Won', 'won', 2), "
            "('*', 'Lost', 'lost', 3)) AS s (source, stage_name, stage_type, stage_order)"
        )
        yield connection


def export(raw: duckdb.DuckDBPyConnection, week: int, *deals: tuple[str, str, int, str]) -> None:
    raw.executemany(
        'INSERT INTO raw.salesforce__opportunity ("Id", "StageName", "Amount", "CloseDate", _source, _extract_time) '
        "VALUES (?, ?, ?, ?, 'deals', ?)",
        [[*deal, WEEKS[week]] for deal in deals],
    )


def test_one_export_moves_nothing_and_another_source_is_none_of_ours(raw: duckdb.DuckDBPyConnection) -> None:
    export(raw, 0, ("1", "New", 10, "2026-11-01"))
    assert movement(raw, "deals") is None
    export(raw, 1, ("1", "New", 10, "2026-11-01"))
    assert movement(raw, "other") is None
    found = movement(raw, "deals")
    assert found is not None
    assert found.slippage is None


def test_every_kind_of_move_is_counted_once(raw: duckdb.DuckDBPyConnection) -> None:
    before = {n: ("New", 10 * n, "2026-11-01") for n in range(1, 8)} | {
        8: ("Lost", 80, "2026-10-01"),
        9: ("Won", 90, "2026-10-01"),
    }
    after = before | {
        0: ("New", 5, "2026-11-01"),
        1: ("Won", 11, "2026-10-15"),
        2: ("Lost", 20, "2026-10-15"),
        3: ("New", 30, "2026-12-01"),
        4: ("New", 40, "2026-10-25"),
        5: ("New", 55, "2026-11-01"),
        8: ("New", 80, "2026-11-01"),
    }
    del after[6], after[9]
    export(raw, 0, *((str(n), *deal) for n, deal in before.items()))
    export(raw, 1, *((str(n), *deal) for n, deal in after.items()))
    found = movement(raw, "deals")
    assert found is not None
    assert (found.since, found.until) == (dt.date(2026, 10, 10), dt.date(2026, 10, 17))
    assert found.moves == tuple(
        Move(kind, 1, Decimal(amount))
        for kind, amount in [
            ("new", 5),
            ("won", 11),
            ("lost", 20),
            ("pushed", 30),
            ("pulled in", 40),
            ("amount changed", 5),
            ("reopened", 80),
            ("gone", 60),
            ("closed and gone", 90),
        ]
    )


def test_slippage_is_what_became_of_deals_that_were_due_before_the_next_export(raw: duckdb.DuckDBPyConnection) -> None:
    export(raw, 0, ("1", "New", 1, "2026-10-12"), ("2", "New", 1, "2026-10-16"), ("3", "New", 1, "2026-10-20"))
    export(raw, 1, ("1", "Won", 1, "2026-10-12"), ("2", "New", 1, "2026-10-22"), ("3", "New", 1, "2026-10-20"))
    export(raw, 2, ("1", "Won", 1, "2026-10-12"), ("2", "Lost", 1, "2026-10-22"), ("3", "New", 1, "2026-11-30"))
    found = movement(raw, "deals")
    assert found is not None
    assert found.slippage == Slippage(due=4, won=1, lost=1, pushed=2)
