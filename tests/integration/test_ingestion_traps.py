"""Files that look harmless: each was once read wrong, lost, or ended the whole pass."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion import contract_reader, quarantine
from ingestion.examine import records_of
from ingestion.peek import peek
from ingestion.text import UnreadableError
from tests.integration.contracts_made import deals
from tests.integration.exports import Place, csv_text
from tests.integration.test_ingestion_formats import workbook
from warehouse import clock
from warehouse.errors import ContractError, InboxError

HEADER = ("Id", "StageName", "Amount", "CloseDate", "CreatedDate")
NAME = "deals_2026-03-01.csv"


def place(tmp_path: Path, **said: Any) -> Place:
    return Place(tmp_path / "home", [deals(tmp_path / "contracts", only=HEADER, **said)])


def row(number: int, **changes: str) -> list[str]:
    values = {"Id": str(number), "StageName": "Open", "Amount": "5", "CloseDate": "2026-01-31", "CreatedDate": "2026-01-01"}
    return [(values | changes)[name] for name in HEADER]


def one(home: Place, column: str, written: str) -> list[Any]:
    """What becomes of a value among forty good ones: [value], or [] when it is rejected."""
    home.drop(NAME, csv_text(HEADER, [*(row(i) for i in range(40)), row(99, **{column: written})]))
    home.ingest()
    return [value for (value,) in home.rows(f'SELECT "{column}" FROM raw.salesforce__opportunity WHERE "Id" = \'99\'')]


@pytest.mark.parametrize("text", ["2026-01-05x", "2026-01-05-31", "2026/1/31/2027", "2026-01-05 (BC)", "infinity", "epoch"])
def test_an_iso_date_has_nothing_behind_it(tmp_path: Path, text: str) -> None:
    assert one(place(tmp_path), "CloseDate", text) == []


def test_two_digits_are_no_year_of_four(tmp_path: Path) -> None:
    home = place(tmp_path, dateFormats=["%d.%m.%Y"], maxRejectedShare=1)
    home.drop(NAME, csv_text(HEADER, [row(1, CloseDate="01.02.26"), row(2, CloseDate="01.02.2026")]))
    home.ingest()
    found = home.rows('SELECT "Id", "CloseDate" FROM raw.salesforce__opportunity')
    assert found == [("2", dt.date(2026, 2, 1))]
    assert home.rows("SELECT column_name FROM meta.reject") == [("CloseDate",)]


@pytest.mark.parametrize("text", ["infinity", "epoch", "now"])
def test_a_word_is_no_timestamp(tmp_path: Path, text: str) -> None:
    assert one(place(tmp_path), "CreatedDate", text) == []


@pytest.mark.parametrize(
    ("said", "written", "hour"),
    [
        ({"timezone": "Europe/Berlin"}, "2026-01-05", dt.datetime(2026, 1, 4, 23)),
        ({"timezone": "Europe/Berlin"}, "2026-01-05 10:00:00 UTC", dt.datetime(2026, 1, 5, 10)),
        ({"timezone": "Europe/Berlin"}, "2026-01-05T10:00:00-05", dt.datetime(2026, 1, 5, 15)),
        ({}, "2026-1-5T10:00:00+02", dt.datetime(2026, 1, 5, 8)),
        (
            {"timezone": "Europe/Berlin", "timestampFormats": ["%Y-%m-%dT%H:%M:%S%z"]},
            "2026-01-05T10:00:00+01:00",
            dt.datetime(2026, 1, 5, 9),
        ),
    ],
)
def test_an_offset_is_obeyed_once_and_a_date_has_none(
    tmp_path: Path, said: dict[str, Any], written: str, hour: dt.datetime
) -> None:
    home = place(tmp_path, columns={"CreatedDate": said})
    home.drop(NAME, csv_text(HEADER, [row(99, CreatedDate=written)]))
    home.ingest()
    assert home.rows('SELECT "CreatedDate" FROM raw.salesforce__opportunity') == [(hour,)]


def test_a_text_without_an_offset_does_not_take_its_neighbours(tmp_path: Path) -> None:
    home = place(tmp_path, columns={"CreatedDate": {"timestampFormats": ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S"]}})
    times = ["2026-01-05T10:00:00-08:00", "2026-01-05 10:00:00", "2026-01-05T10:00:00+02:00"]
    home.drop(NAME, csv_text(HEADER, [row(i, CreatedDate=text) for i, text in enumerate(times)]))
    home.ingest()
    hours = [value.hour for (value,) in home.rows('SELECT "CreatedDate" FROM raw.salesforce__opportunity ORDER BY "Id"')]
    assert hours == [18, 10, 8]


@pytest.mark.parametrize(
    ("said", "written", "value"),
    [
        ({"thousandsMark": ",", "decimalMark": "."}, "0,123", []),
        ({"thousandsMark": ".", "decimalMark": ","}, "0.500", []),
        ({"thousandsMark": ",", "decimalMark": "."}, "0.50", [Decimal("0.50")]),
        ({}, "1.0000000000001", []),
        ({}, "0.000000000001", []),
        ({}, "1.5000", [Decimal("1.50")]),
        ({}, "1e-13", []),
    ],
)
def test_an_amount_is_what_is_written(tmp_path: Path, said: dict[str, Any], written: str, value: list[Decimal]) -> None:
    assert one(place(tmp_path, columns={"Amount": said}), "Amount", written) == value


def test_a_note_that_begins_like_the_footer_is_a_note(tmp_path: Path) -> None:
    home = place(tmp_path, footerPattern='"?Grand Total')
    rows = [row(i) for i in range(30)]
    rows[20][1] = "Open\nGrand Total of nothing"
    home.drop(NAME, csv_text(HEADER, rows) + '"Grand Total","30"\n')
    (outcome,) = home.ingest().files
    assert [(count.read, count.loaded) for count in outcome.counts] == [(30, 30)]


def test_blank_lines_above_the_header_are_no_records(tmp_path: Path) -> None:
    home = place(tmp_path)
    home.drop(NAME, "\n\n" + csv_text(HEADER, [*(row(i) for i in range(30)), row(99, Amount="x")]))
    report = home.ingest()
    assert [(count.read, count.loaded) for count in report.files[0].counts] == [(31, 30)]
    assert [reject.line for reject in report.rejects] == [34]


@pytest.mark.parametrize("state", ["discarded", "growing", "refused"])
def test_a_part_that_was_not_read_means_that_nobody_was_deleted(
    tmp_path: Path, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = place(tmp_path, delivery="full")
    home.drop("deals_a_2026-03-01.csv", csv_text(HEADER, [row(1)]))
    home.drop("deals_a_2026-03-02.csv", csv_text(HEADER, [row(2)]))
    part = home.inbox / "deals_b_2026-03-02.csv"
    if state == "refused":
        part.symlink_to(home.inbox / "deals_a_2026-03-01.csv")
    elif state == "growing":
        part.write_text("x")

        def look_again(_: float) -> None:
            part.write_text("x and more")

        monkeypatch.setattr(clock, "pause", look_again)
    else:
        home.drop(part.name, "\0")
        home.ingest()
        quarantine.decide(home.home, quarantine.find(home.home, home.contracts, part.name), "discard", "broken", "me")
    home.ingest()
    moments = home.rows("SELECT CAST(_extract_time AS DATE) FROM meta.full_load ORDER BY 1")
    assert moments == [(dt.date(2026, 3, 1),)]


def test_a_mended_extract_time_replaces_the_load(tmp_path: Path) -> None:
    home = place(tmp_path, extractTime={"fileName": r"_(\d{4}-\d{2}-\d{2})\.", "format": "%Y-%d-%m"})
    home.drop("deals_2026-03-01.csv", csv_text(HEADER, [row(1)]))
    home.ingest()
    assert home.rows("SELECT _extract_time FROM raw.salesforce__opportunity") == [(dt.datetime(2026, 1, 3),)]
    home.contracts = [deals(tmp_path / "contracts", only=HEADER)]
    home.ingest()
    fresh = Place(tmp_path / "fresh", home.contracts)
    fresh.drop("deals_2026-03-01.csv", csv_text(HEADER, [row(1)]))
    fresh.ingest()
    assert home.content() == fresh.content()
    assert home.ingest().files[0].status == "known"


def test_long_ids_of_excel_stay_apart_and_a_date_does_not_change_its_century(tmp_path: Path) -> None:
    home = place(tmp_path, path="deals_*.xlsx", file_format="xlsx", columns={"CloseDate": {"dateFormats": ["%d.%m.%y"]}})
    rows: list[list[Any]] = [[1234567890123400 + i, "Open", 5, dt.date(2026, 1, 31), None] for i in range(40)]
    rows.append([1234567890123499, "Open", 5, dt.date(1924, 1, 31), None])
    home.drop("deals_2026-03-01.xlsx", workbook({"S": [list(HEADER), *rows]}))
    report = home.ingest()
    assert [(reject.line, reject.value) for reject in report.rejects] == [(42, "1924-01-31")]
    assert home.rows('SELECT count(DISTINCT "Id"), max("Id") FROM raw.salesforce__opportunity') == [(40, "1234567890123439")]


def test_a_sheet_with_one_cell_in_its_last_corner_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"S": [list(HEADER)]}))) as source, zipfile.ZipFile(content, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/"):
                data = data.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
            target.writestr(name, data)
    home = place(tmp_path, path="deals_*.xlsx", file_format="xlsx")
    home.drop("deals_2026-03-01.xlsx", content.getvalue())
    assert "1,048,576 rows and 16,384 columns" in home.outcome("deals_2026-03-01.xlsx").reason
    with pytest.raises(InboxError, match="more than is read"):
        peek(home.inbox / "deals_2026-03-01.xlsx")


def test_keys_of_json_are_told_apart_whatever_they_are_called(tmp_path: Path) -> None:
    home = place(tmp_path, path="deals_*.jsonl", file_format="jsonl")
    record = {
        "Id": "1",
        "StageName": "Open",
        "Amount": "",
        "CloseDate": "",
        "line": "L",
        "_line": "M",
        "amount": "N",
        "id": "O",
    }
    home.drop("deals_2026-03-01.jsonl", json.dumps(record) + "\n")
    assert home.outcome("deals_2026-03-01.jsonl").status == "loaded"
    (found,) = home.rows('SELECT "Id", "Amount", "CloseDate", _extra FROM raw.salesforce__opportunity')
    assert (found[:3], json.loads(found[3])) == (("1", None, None), {"line": "L", "_line": "M", "amount": "N", "id": "O"})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "deals_2026-03-01.csv",
            csv_text(HEADER, [row(1, StageName="x" * 140_000), row(2, Amount="x")]),
            {"maxRejectedShare": 1},
        ),
        ("deals_2026-03-01.json", '[{"Id": ' + "1" * 5000 + "}]", {"path": "deals_*.json", "file_format": "json"}),
        ("deals_2026-03-01.csv", "Anna Smith,Anna Smith,5\n", {}),
        ("deals_\udcff_2026-03-01.csv", "x", {}),
        ("deals_2026-03-01.csv", csv_text(HEADER, [row(1)]), {"extractTime": {"column": "CreatedDate", "format": "%d.%m.%Y"}}),
        (
            "deals_x.csv",
            csv_text(HEADER, [row(1)]),
            {"extractTime": {"fileName": r"_(\d{4}-\d{2}-\d{2})?x", "format": "%Y-%m-%d"}},
        ),
    ],
)
def test_one_odd_file_does_not_end_the_pass(tmp_path: Path, name: str, content: str, said: dict[str, Any]) -> None:
    home = place(tmp_path, **said)
    home.drop(name, content)
    (outcome,) = home.ingest().files
    assert outcome.status in {"loaded", "quarantined", "refused"}
    assert "Anna" not in outcome.reason


def test_a_column_that_is_added_to_an_own_object_is_filled(tmp_path: Path) -> None:
    text = """
apiVersion: v3.1.0
kind: DataContract
id: shop.returns
name: Returns
version: 1.0.0
status: active
servers: [{server: s, type: local, path: "returns_*.csv", format: csv}]
customProperties: [{property: source, value: shop}]
schema:
  - name: NAME
    customProperties: [{property: ownObject, value: true}]
    properties:
      - {name: id, logicalType: string, primaryKey: true}
"""
    file = tmp_path / "returns.yml"
    file.write_text(text.replace("NAME", "shop.returns"))
    home = Place(tmp_path / "home", [contract_reader.read(file)])
    home.drop("returns_1.csv", "id,why\n1,small\n")
    home.ingest()
    file.write_text(text.replace("NAME", "shop.returns") + "      - {name: why, logicalType: string}\n")
    home.contracts = [contract_reader.read(file)]
    home.ingest()
    assert home.rows("SELECT id, why FROM raw.shop__returns") == [("1", "small")]
    for wrong, reason in (("salesforce.opportunity", "canonical object"), ("shop.returns", "there already")):
        file.write_text(text.replace("NAME", wrong) + "      - {name: ID, logicalType: string}\n")
        with pytest.raises(ContractError, match=reason):
            contract_reader.read(file)


@pytest.mark.parametrize("said", [{"encoding": "cp1252"}, {"skipLines": 1}, {"header": list(HEADER)}])
def test_records_that_would_not_be_read_again_are_not_written_out(tmp_path: Path, said: dict[str, Any]) -> None:
    home = place(tmp_path, **said)
    path = home.drop(NAME, csv_text(HEADER, [row(1, Amount="x")]))
    with pytest.raises(UnreadableError, match="mend the export"):
        records_of(path, NAME, home.contracts[0], [2])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"columns": {"StageName": {"valueMap": {dt.date(2026, 1, 1): "x"}}}}, "is no text"),
        ({"columns": {"CloseDate": {"dateFormats": ["%d %d", "%m"]}}}, "not a format of dates"),
        ({"encoding": "hex"}, "is not known"),
    ],
)
def test_a_contract_that_cannot_be_meant_is_refused_in_words(tmp_path: Path, said: dict[str, Any], reason: str) -> None:
    with pytest.raises(ContractError, match=reason):
        place(tmp_path, **said)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("inner", ["\n", "\r\n", "\r"])
def test_a_line_break_in_the_header_does_not_swallow_the_records(tmp_path: Path, inner: str, end: str) -> None:
    home = place(tmp_path)
    text = csv_text(HEADER, [row(1, StageName=f"in{inner}two"), row(2)])
    text = text.replace("\n", end).replace(f"in{inner.replace(chr(10), end)}two", f"in{inner}two")
    home.drop(NAME, text.replace('"StageName"', f'"{inner}StageName"').encode())
    home.ingest()
    found = home.rows('SELECT "Id", "StageName" FROM raw.salesforce__opportunity ORDER BY 1')
    assert found == [("1", f"in{inner}two"), ("2", "Open")]


def test_where_quotes_are_broken_each_rejected_record_still_has_a_line_of_the_file(tmp_path: Path) -> None:
    home = place(tmp_path, maxRejectedShare=1)
    lines = csv_text(HEADER, [row(i, StageName=f"a\n{i}") if i % 7 == 0 else row(i) for i in range(25)]).split("\n")
    lines[-2], lines[20] = lines[-2].replace("5", "x"), lines[20].replace('"', "", 1)
    home.drop(NAME, "\n".join(lines))
    home.ingest()
    rejected = [line for (line,) in home.rows("SELECT line FROM meta.reject")]
    assert rejected
    assert all(1 <= line <= len(lines) for line in rejected)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("inner", ["x,aaaaaaaaa,5,2026-01-31,2026-01-01", 'Dear ""p"", we met, talked, and, and', "no comma"])
def test_lines_of_a_long_value_are_no_records_however_many_threads_read(tmp_path: Path, inner: str, end: str) -> None:
    home = place(tmp_path, maxRejectedShare=0.01)
    value = end.join([inner] * 200)
    header = ",".join(f'"{name}"' for name in HEADER)
    lines = [
        header,
        *(f'"k{i}","{value}","5","2026-01-31","2026-01-01"' for i in range(6_000 if len(value) > 5_000 else 12_000)),
    ]
    home.drop(NAME, end.join(lines) + end)
    (file,) = home.ingest().files
    assert (file.status, file.counts[0].read, file.counts[0].loaded) == ("loaded", len(lines) - 1, len(lines) - 1)
    assert home.rows("SELECT count(*) FROM raw.salesforce__opportunity WHERE \"Id\" NOT LIKE 'k%'") == [(0,)]


def test_a_large_file_with_one_long_value_is_read_by_one_thread_again(tmp_path: Path) -> None:
    """The value lies behind the first look, across the place where a second thread begins."""
    home = place(tmp_path, maxRejectedShare=0.01)
    lines = [csv_text(HEADER, [row(i) for i in range(300_000)])]
    lines.append('"long","' + "x,aaaa,5,2026-01-31,2026-01-01\n" * 100_000 + '","5","2026-01-31","2026-01-01"\n')
    home.drop(NAME, "".join(lines))
    (file,) = home.ingest().files
    assert file.status == "quarantined" or file.counts[0].read == 300_001
    lines[1] = "".join(
        f'"l{n}","' + "x,aaaa,5,2026-01-31,2026-01-01\n" * 2_000 + '","5","2026-01-31","2026-01-01"\n' for n in range(500)
    )
    home.drop(NAME.replace("03-01", "03-02"), "".join(lines))
    file = next(file for file in home.ingest().files if "03-02" in file.name)
    assert file.counts[0].loaded == 300_500


def test_blank_lines_below_skipped_ones_are_skipped_too(tmp_path: Path) -> None:
    home = place(tmp_path, skipLines=1, maxRejectedShare=1)
    home.drop(NAME, "A report\n\n\n" + csv_text(HEADER, [row(1), row(2, Amount="x")]))
    home.ingest()
    assert home.rows('SELECT "Id" FROM raw.salesforce__opportunity') == [("1",)]
    assert home.rows("SELECT line FROM meta.reject") == [(6,)]


def test_an_inch_sign_neither_opens_a_value_nor_hides_the_footer(tmp_path: Path) -> None:
    home = place(tmp_path, footerPattern="^Total", maxRejectedShare=1)
    plain = ["Id,StageName,Amount,CloseDate,CreatedDate", '1,5" pipe,5,2026-01-31,2026-01-01', '2,"a']
    more = ['Total ""x""",5,2026-01-31,2026-01-01', *(f"{i},Open,5,2026-01-31,2026-01-01" for i in range(3, 30))]
    home.drop(NAME, "\n".join([*plain, *more, "Total,27"]) + "\n")
    home.ingest()
    found = home.rows('SELECT count(*), max("StageName") FILTER ("Id" = \'2\') FROM raw.salesforce__opportunity')
    assert found == [(29, 'a\nTotal "x"')]


def test_carriage_returns_in_values_stay_where_a_sign_of_inches_stands_before(tmp_path: Path) -> None:
    home = place(tmp_path)
    lines = ["Id,StageName,Amount,CloseDate,CreatedDate", '1,5" pipe,5,2026-01-31,2026-01-01', '2,"\r",5,2026-01-31,2026-01-01']
    home.drop(NAME, "\n".join(lines) + "\r\n3,Open,5,2026-01-31,2026-01-01\n")
    home.ingest()
    found = home.rows('SELECT "Id", "StageName" FROM raw.salesforce__opportunity ORDER BY 1')
    assert found == [("1", '5" pipe'), ("2", "\r"), ("3", "Open")]
