"""Records: exact values or rejects with line, column, value and reason; read = loaded + rejected; order does not matter."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.contracts_made import deals
from tests.integration.exports import OPPORTUNITY, Place, csv_text, opportunity


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "home")


def test_bad_records_carry_their_physical_line(place: Place) -> None:
    rows = [opportunity(i, Name=f"deal {i}\nsecond line") for i in range(120)]
    rows[60] = opportunity(998, Name="date", CloseDate="2026-02-30")
    rows[80] = opportunity(0, Id="", Name="no key")
    rows[100] = opportunity(997, Name="cents", Amount="1.005")
    lines = csv_text(OPPORTUNITY, rows).splitlines(keepends=True)
    lines.insert(61, '"short","row"\n')
    lines.insert(120, "\n")
    lines.insert(152, '"006999999999999","bad "quote" x","1","P","2026-01-02","2026-01-01","2026-01-01","false"\n')
    place.drop("Opportunity_2026-01-05.csv", "".join(lines))
    report = place.ingest()
    where = {number + 1: line for number, line in enumerate(lines)}
    assert [reject.line for reject in report.rejects] == sorted(reject.line for reject in report.rejects)
    assert len(report.rejects) == 5
    signs = {"short": "columns", "quote": "quote", "date": "not a date", "no key": "empty", "cents": "two decimals"}
    for sign, reason in signs.items():
        (reject,) = [r for r in report.rejects if sign in where[r.line]]
        assert reason in reject.reason
    (counts,) = report.files[0].counts
    assert (counts.read, counts.loaded, counts.rejected) == (122, 117, 5)
    assert place.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(117,)]


def test_of_several_records_with_one_key_the_latest_stays_and_the_rest_is_rejected(place: Place) -> None:
    rows = [opportunity(i) for i in range(60)]
    rows += [opportunity(7, Name="newer", LastModifiedDate="2026-01-03T00:00:00Z"), opportunity(8)]
    place.drop("Opportunity_2026-01-05.csv", csv_text(OPPORTUNITY, rows))
    report = place.ingest()
    assert [(r.line, r.reason) for r in report.rejects] == [
        (9, "another record of this file has the same key"),
        (63, "another record of this file has the same key"),
    ]
    assert place.rows("SELECT \"Name\" FROM raw.salesforce__opportunity WHERE \"Name\" IN ('newer', 'deal 7')") == [("newer",)]
    assert place.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(60,)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.56", Decimal("1234.56")),
        ("1e3", Decimal("1000.00")),
        ("-5", Decimal("-5.00")),
        ("7.10000", Decimal("7.10")),
        ("1.005", None),
        ("1,234.56", None),
        ("1_000", None),
        ("€5", None),
        ("(5)", None),
        ("nan", None),
    ],
)
def test_money_is_exact_or_rejected(place: Place, text: str, value: Decimal | None) -> None:
    rows = [opportunity(i) for i in range(40)] + [opportunity(99, Amount=text)]
    place.drop("Opportunity_2026-01-05.csv", csv_text(OPPORTUNITY, rows))
    report = place.ingest()
    found = place.rows('SELECT "Amount" FROM raw.salesforce__opportunity WHERE "Name" = \'deal 99\'')
    assert found == ([] if value is None else [(value,)])
    assert len(report.rejects) == (value is None)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.5", 2.5), ("-3", -3.0), ("1e3", 1000.0), ("999999999999", 999999999999.0), ("1e12", None), ("-1e300", None)]
    + [(text, None) for text in ("nan", "inf", "1e999", "1_000", "two")],
)
def test_a_number_is_finite_and_of_a_size_that_adds_up_or_rejected(place: Place, text: str, value: float | None) -> None:
    header = ("order", "line", "account", "item", "quantity", "price", "date")
    rows = [("o", str(line), "a", "i", text if line == 99 else "1", "2.50", "2026-01-02") for line in range(60, 100)]
    place.drop("erp/sales_orders_2026-01-05.csv", csv_text(header, rows))
    report = place.ingest()
    found = place.rows("SELECT quantity FROM raw.erp__sales_orders WHERE line = '99'")
    assert found == ([] if value is None else [(value,)])
    assert [(reject.column, reject.value) for reject in report.rejects] == ([("quantity", text)] if value is None else [])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T14:05:00.000Z", dt.datetime(2026, 3, 1, 14, 5)),
        ("2026-03-01T14:05:00.000+0000", dt.datetime(2026, 3, 1, 14, 5)),
        ("2026-03-01T14:05:00+02:00", dt.datetime(2026, 3, 1, 12, 5)),
        ("2026-03-01 14:05:00-05", dt.datetime(2026, 3, 1, 19, 5)),
        ("2026-03-01 14:05:00", dt.datetime(2026, 3, 1, 14, 5)),
    ],
)
def test_timestamps_become_utc(place: Place, text: str, moment: dt.datetime) -> None:
    place.drop("Opportunity_2026-01-05.csv", csv_text(OPPORTUNITY, [opportunity(1, CreatedDate=text)]))
    place.ingest()
    assert place.rows('SELECT "CreatedDate" FROM raw.salesforce__opportunity') == [(moment,)]


def test_ids_of_15_characters_become_18_and_the_null_id_is_null(place: Place) -> None:
    header = ("Id", "OpportunityId", "CreatedById")
    rows = [("0061G00000N38JZ", "0061G00000N38JZQAZ", "000000000000000AAA")]
    place.drop("OpportunityHistory_2026-01-05.csv", csv_text(header, rows))
    place.ingest()
    found = place.rows('SELECT "Id", "OpportunityId", "CreatedById" FROM raw.salesforce__opportunity_history')
    assert found == [("0061G00000N38JZQAZ", "0061G00000N38JZQAZ", None)]


def test_columns_may_come_in_any_order_and_case_and_unknown_ones_are_kept(place: Place) -> None:
    place.drop("Account_2026-01-05.csv", '"WEIRD__C","NAME","ID"\n"=1+1","Acme","1"\n"","Bolt","2"\n')
    outcome = place.outcome("Account_2026-01-05.csv")
    assert outcome.extra == ("WEIRD__C",)
    assert place.rows('SELECT "Id", "Name", _extra FROM raw.salesforce__account ORDER BY 1') == [
        ("1", "Acme", '{"WEIRD__C":"=1+1"}'),
        ("2", "Bolt", None),
    ]


def test_events_delivered_twice_are_stored_once_and_bad_json_is_rejected(place: Place) -> None:
    line = '{"type":"page-visited","person":"a@b.c","timestamp":%d,"properties":{"url":"/x"},"odd":1}\n'
    lines = [line % (1767225600000 + i) for i in range(50)]
    place.drop("encharge/events_2026-01-05.jsonl", "".join([*lines, "\n", '{"type":\n', lines[3]]))
    report = place.ingest()
    (counts,) = report.files[0].counts
    assert (counts.read, counts.loaded, counts.rejected, counts.rows) == (52, 51, 1, 50)
    assert [(r.line, r.reason) for r in report.rejects] == [(52, "not valid JSON")]
    assert place.rows("SELECT min(timestamp), max(url), max(_extra) FROM raw.encharge__events") == [
        (dt.datetime(2026, 1, 1), "/x", '{"odd":"1"}')
    ]


def test_20_permutations_of_20_files_give_the_same_raw_tables(tmp_path: Path) -> None:
    contract = deals(tmp_path / "contracts", only=("Id", "StageName", "LastModifiedDate"), delivery="full")
    chance = random.Random(16)  # noqa: S311
    header = ("Id", "StageName", "LastModifiedDate")
    files = {
        # Updates out of order, two files of one day, records that go and come back.
        f"deals_{number}_2026-03-{1 + number // 2:02}.csv": csv_text(
            header,
            [(str(i), f"stage {number}", f"2026-03-{chance.randint(1, 28):02}") for i in range(12) if chance.random() < 0.9],
        )
        for number in range(20)
    }
    results = []
    for permutation in range(20):
        place = Place(tmp_path / str(permutation), [contract])
        names = chance.sample(sorted(files), len(files))
        for start in range(0, len(names), 5):
            for name in names[start : start + 5]:
                place.drop(name, files[name])
            place.ingest()
        results.append((place.content(), place.rows("SELECT * FROM meta.full_load ORDER BY ALL")))
    assert [result == results[0] for result in results] == [True] * 20
    assert len(results[0][1]) == 10


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.builds(opportunity, st.integers(0, 30)).map(lambda row: csv_text(row, [])),
            st.text(alphabet='",\n\tab1é-.', max_size=40).map(lambda text: text + "\n"),
        ),
        max_size=30,
    )
)
def test_law_2_records_read_are_loaded_or_rejected_whatever_the_bytes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    place = Place(tmp_path_factory.mktemp("law2"))
    place.drop("Opportunity_2026-01-05.csv", csv_text(OPPORTUNITY, []) + "".join(rows))
    report = place.ingest()
    (file,) = report.files
    assert file.status in {"loaded", "quarantined"}
    if file.status == "loaded":
        (counts,) = file.counts
        assert counts.read == counts.loaded + counts.rejected
        assert counts.rejected == len(report.rejects)
        assert place.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(counts.rows,)]
    else:
        assert place.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(0,)]
