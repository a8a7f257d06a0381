"""What moved between the exports of one source: deals that came, closed, slipped, changed their amount or vanished."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

_RAW = "raw.salesforce__opportunity"
_DEALS = f"""
deals AS (
    SELECT
        o."Id" AS id, o."Amount" AS amount, o."CloseDate" AS close_date, o._extract_time AS taken,
        coalesce((
            SELECT s.stage_type FROM config.stage AS s
            WHERE s.source IN ('*', o._source) AND lower(s.stage_name) = lower(o."StageName")
            ORDER BY s.source = '*', s.stage_order LIMIT 1
        ), 'open') AS type
    FROM {_RAW} AS o
    WHERE o._source = ? AND o._extract_time IS NOT NULL AND NOT coalesce(o."IsDeleted", FALSE)
)
"""
_MOVES = f"""
WITH {_DEALS},
before AS (SELECT * FROM deals WHERE taken = ?),
after AS (SELECT * FROM deals WHERE taken = ?),
named AS (
    SELECT
        b.amount AS amount_before,
        a.amount AS amount_after,
        CASE
            WHEN b.id IS NULL THEN 'new'
            WHEN a.id IS NULL AND b.type = 'open' THEN 'gone'
            WHEN a.id IS NULL THEN 'closed and gone'
            WHEN b.type = 'open' AND a.type <> 'open' THEN a.type
            WHEN b.type <> 'open' AND a.type = 'open' THEN 'reopened'
            WHEN b.type = 'open' AND a.close_date > b.close_date THEN 'pushed'
            WHEN b.type = 'open' AND a.close_date < b.close_date THEN 'pulled in'
            WHEN b.type = 'open' AND a.amount IS DISTINCT FROM b.amount THEN 'amount changed'
            ELSE 'same'
        END AS kind
    FROM before AS b FULL JOIN after AS a ON b.id = a.id
)
SELECT
    kind,
    count(*),
    sum(CASE
        WHEN kind = 'amount changed' THEN coalesce(amount_after, 0) - coalesce(amount_before, 0)
        ELSE coalesce(amount_after, amount_before)
    END)
FROM named GROUP BY kind
"""
_DUE = f"""
WITH {_DEALS},
steps AS (SELECT taken, lead(taken) OVER (ORDER BY taken) AS next FROM (SELECT DISTINCT taken FROM deals)),
due AS (
    SELECT b.close_date, a.type, a.close_date AS closing_after
    FROM steps AS t
    JOIN deals AS b
        ON b.taken = t.taken AND b.type = 'open'
        AND b.close_date >= CAST(t.taken AS DATE) AND b.close_date < CAST(t.next AS DATE)
    LEFT JOIN deals AS a ON a.taken = t.next AND a.id = b.id
)
SELECT
    count(*), count(*) FILTER (type = 'won'), count(*) FILTER (type = 'lost'),
    count(*) FILTER (type = 'open' AND closing_after > close_date)
FROM due
"""
KINDS = ("new", "won", "lost", "pushed", "pulled in", "amount changed", "reopened", "gone", "closed and gone")
FEW, ENOUGH = 2, 3


@dataclass(frozen=True)
class Move:
    """Deals that moved in one way; of changed amounts, `amount` is the sum of the changes."""

    kind: str
    deals: int
    amount: Decimal | None


@dataclass(frozen=True)
class Slippage:
    """Of the open deals that were to close before the next export, what the next one says of them."""

    due: int
    won: int
    lost: int
    pushed: int


@dataclass(frozen=True)
class Movement:
    """The last step, from one export to the next, and the slippage over all steps (None below three exports)."""

    since: dt.date
    until: dt.date
    exports: int
    moves: tuple[Move, ...]
    slippage: Slippage | None


def movement(connection: duckdb.DuckDBPyConnection, source: str) -> Movement | None:
    """Compare the loads of one source by their extract times; None where there are fewer than two.

    Args:
        connection: the build file, configured.
        source: as its contract says.
    """
    found = connection.execute(
        f"SELECT DISTINCT _extract_time FROM {_RAW} WHERE _source = ? AND _extract_time IS NOT NULL ORDER BY 1", [source]
    ).fetchall()
    times = [row[0] for row in found]
    if len(times) < FEW:
        return None
    rows = {row[0]: row for row in connection.execute(_MOVES, [source, times[-2], times[-1]]).fetchall()}
    moves = tuple(Move(kind, rows[kind][1], rows[kind][2]) for kind in KINDS if kind in rows)
    due: Any = connection.execute(_DUE, [source]).fetchone()
    slippage = Slippage(*due) if len(times) >= ENOUGH else None
    return Movement(times[-2].date(), times[-1].date(), len(times), moves, slippage)
