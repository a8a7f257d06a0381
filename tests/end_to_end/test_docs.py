"""What the documentation tells a reader to write works as it stands there."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

from serving.query import query
from tests.end_to_end.conftest import ROOT, Command
from warehouse.database import connect
from warehouse.home import Home

PHASES = ("Closed Won", "Closed Lost", "Prospecting")


def test_the_smallest_contract_of_the_docs_publishes_a_company(salesops: Command, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    found = re.search(r"The smallest useful one:\n\n```yaml\n(.*?)```", (ROOT / "docs" / "sources.md").read_text("utf-8"), re.S)
    assert found is not None
    contracts = home.company / "contracts"
    contracts.mkdir(parents=True)
    (contracts / "deals.yml").write_text(found.group(1))
    # A deal of each phase every month, decided the month after, and one that is entered on the last day.
    deals = [
        f"D{month}{number},{phase},s{number},05.{month:02d}.2026,{1000 * month + number}.50,10.{month + 1:02d}.2026"
        for month in range(1, 10)
        for number, phase in enumerate(PHASES)
        if phase != "Prospecting" or month == 9
    ]
    lines = ["deal_no,phase,seller,entered,value,closing", *deals, "D0,Prospecting,s1,30.10.2026,5,15.12.2026"]
    (home.inbox / "deals_2026-10-31.csv").write_text("\n".join(lines) + "\n")
    salesops("run", "--home", home.root)
    won = query(
        home.serving,
        "select sum(bookings) as amount, sum(won_n)::int as n from kpi.team_performance_month where is_default_scope",
    ).to_pylist()
    assert won == [{"amount": Decimal("45004.50"), "n": 9}]


def test_the_new_source_object_of_the_docs_gets_a_table_of_its_own(salesops: Command, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    found = re.search(r"## A new source object: YAML alone\n.*?```yaml\n(.*?)```", text, re.S)
    assert found is not None
    contracts = home.company / "contracts"
    contracts.mkdir(parents=True)
    (contracts / "returns.yml").write_text(found.group(1))
    (home.inbox / "shop").mkdir()
    lines = ["return_id,order,returned,refund,reason", *(f'r{i},o1,03.02.2026,"12,50",too small' for i in range(30))]
    (home.inbox / "shop" / "returns_2026-10-31.csv").write_text("\n".join([*lines, 'r99,o1,2026-02-03,"1,00",x']) + "\n")
    salesops("ingest", "--home", home.root, expect=2)
    with connect(home.build, read_only=True) as connection:
        stored = connection.execute(
            "SELECT count(*), sum(refund), min(returned), min(_source) FROM raw.shop__returns"
        ).fetchall()
    assert stored == [(30, Decimal("375.00"), dt.date(2026, 2, 3), "shop")]
    listed = salesops("quarantine", "show", "--home", home.root, "shop/returns_2026-10-31.csv").stdout
    assert "2026-02-03" in listed
    assert "not a date" in listed
