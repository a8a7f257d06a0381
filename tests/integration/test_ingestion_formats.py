"""Every format and every way of writing a value that a contract can say: read exactly, or rejected by name."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pytest

from tests.integration.contracts_made import deals
from tests.integration.exports import Place, csv_text

HEADER = ("Id", "Name", "StageName", "Amount", "CloseDate", "CreatedDate", "IsWon")
STORED = f"SELECT {', '.join(HEADER)} FROM raw.salesforce__opportunity ORDER BY 1"
ROWS = [
    ("1", "Müller “€5”", "Won", "1234.50", "2026-01-31", "2026-01-01 10:00:00", "true"),
    ("2", "=1+1", "Open", "-7", "2026-02-28", "2026-01-02 10:00:00", "false"),
]
TRUE_ROWS = [
    ("1", "Müller “€5”", "Won", Decimal("1234.50"), dt.date(2026, 1, 31), dt.datetime(2026, 1, 1, 10), True),
    ("2", "=1+1", "Open", Decimal("-7.00"), dt.date(2026, 2, 28), dt.datetime(2026, 1, 2, 10), False),
]
ONLY = HEADER


def place(tmp_path: Path, **contract: Any) -> Place:
    return Place(tmp_path / "home", [deals(tmp_path / "contracts", only=ONLY, **contract)])


def text() -> str:
    return csv_text(HEADER, ROWS)


@pytest.mark.parametrize("pack", ["gz", "zip", "zst"])
def test_compressed_files_are_read_like_the_plain_one(tmp_path: Path, pack: str) -> None:
    content = text().encode("utf-8")
    if pack == "gz":
        packed = gzip.compress(content)
    elif pack == "zst":
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as out:
            out.write(content)
        packed = sink.getvalue().to_pybytes()
    else:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("export/deals.csv", content)
            archive.writestr("__MACOSX/._deals.csv", b"\0\0")
        packed = buffer.getvalue()
    home = place(tmp_path)
    home.drop(f"deals_2026-03-01.csv.{pack}", packed)
    assert home.outcome(f"deals_2026-03-01.csv.{pack}").status == "loaded"
    assert home.rows(STORED) == TRUE_ROWS
    assert home.rows("SELECT DISTINCT _extract_time FROM raw.salesforce__opportunity") == [(dt.datetime(2026, 3, 1),)]
    assert list(home.home.scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("deals_2026-03-01.csv.gz", gzip.compress(text().encode())[:-20], "cannot be unpacked"),
        ("deals_2026-03-01.csv.gz", b"no archive", "cannot be unpacked"),
        ("deals_2026-03-01.csv.zip", b"PK\x03\x04 no archive", "cannot be unpacked"),
        ("deals_2026-03-01.csv.zst", b"no archive", "cannot be unpacked"),
        ("deals_2026-03-01.csv.gz", gzip.compress(b""), "empty"),
        ("deals_2026-03-01.csv.gz", gzip.compress(b"0" * (300 << 20)), "more than 100 times its size"),
    ],
)
def test_a_damaged_archive_or_a_bomb_is_quarantined_by_name(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    home = place(tmp_path)
    home.drop(name, content)
    outcome = home.outcome(name)
    assert (outcome.status, reason in outcome.reason) == ("quarantined", True), outcome
    assert list(home.home.scratch.iterdir()) == []


def test_an_archive_of_several_files_is_quarantined(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", text())
        archive.writestr("../b.csv", text())
    home = place(tmp_path)
    home.drop("deals_2026-03-01.csv.zip", buffer.getvalue())
    assert "holds 2 files" in home.outcome("deals_2026-03-01.csv.zip").reason


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A workbook as spreadsheet programs write it, cells typed."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


TYPED = [
    [1, "Müller “€5”", "Won", 1234.5, dt.date(2026, 1, 31), dt.datetime(2026, 1, 1, 10), True],
    [2, "=1+1", "Open", -7, dt.datetime(2026, 2, 28), dt.datetime(2026, 1, 2, 10), False],
]


def test_excel_cells_keep_their_types_whatever_the_contract_says_of_text(tmp_path: Path) -> None:
    home = place(
        tmp_path,
        path="deals_*.xlsx",
        file_format="xlsx",
        sheet="Export",
        skipLines=2,
        footerPattern="Grand Total",
        decimalMark=",",
        thousandsMark=".",
        dateFormats=["%d.%m.%Y"],
    )
    rows: list[list[Any]] = [["Report of deals"], [], list(HEADER), *TYPED]
    rows.append(["3", "text", "Open", "1.234,50", "28.02.2026", "2026-01-02 10:00:00", "false"])
    rows += [[], ["Grand Total", None, None, 5]]
    home.drop("deals_2026-03-01.xlsx", workbook({"Notes": [["x"]], "Export": rows}))
    assert home.outcome("deals_2026-03-01.xlsx").status == "loaded"
    stored = home.rows(STORED)
    assert [row[3:5] for row in stored] == [
        (Decimal("1234.50"), dt.date(2026, 1, 31)),
        (Decimal("-7.00"), dt.date(2026, 2, 28)),
        (Decimal("1234.50"), dt.date(2026, 2, 28)),
    ]
    assert [row[0] for row in stored] == ["1", "2", "3"]


def test_a_bad_excel_row_is_named_by_its_row_in_the_sheet(tmp_path: Path) -> None:
    home = place(tmp_path, path="deals_*.xlsx", file_format="xlsx")
    good = [[i, "d", "Open", 1.5, dt.date(2026, 1, 31), dt.datetime(2026, 1, 1), True] for i in range(40)]
    rows = [
        list(HEADER),
        *good[:20],
        [],
        [99, "d", "Open", "about 5", dt.date(2026, 1, 31), dt.datetime(2026, 1, 1), True],
        *good[20:],
    ]
    home.drop("deals_2026-03-01.xlsx", workbook({"S": rows}))
    (reject,) = home.ingest().rejects
    assert (reject.line, reject.column, reject.value) == (23, "Amount", "about 5")


def test_what_is_no_workbook_is_quarantined(tmp_path: Path) -> None:
    home = place(tmp_path, path="deals_*.xlsx", file_format="xlsx", sheet="Export")
    home.drop("deals_2026-03-01.xlsx", text())
    home.drop("deals_2026-03-02.xlsx", workbook({"Other": [list(HEADER)]}))
    reasons = [file.reason for file in home.ingest().files]
    assert "not an Excel workbook" in reasons[0]
    assert reasons[1] == "it has no sheet 'Export'; its sheets are Other"


@pytest.mark.parametrize("path", ["$", "$.page.results"])
def test_a_json_document_is_read_and_its_bad_records_named_by_line(tmp_path: Path, path: str) -> None:
    records: list[dict[str, Any]] = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    records += [records[1] | {"Id": str(i)} for i in range(10, 40)]
    records.append(records[1] | {"Id": "99", "CloseDate": "2026-02-30", "deep": {"a": [1, 2]}})
    document: Any = records if path == "$" else {"page": {"next": None, "results": records}, "x": 1}
    content = json.dumps(document, indent=2, ensure_ascii=False)
    home = place(tmp_path, path="deals_*.json", file_format="json", recordPath=path)
    home.drop("deals_2026-03-01.json", content)
    report = home.ingest()
    (reject,) = report.rejects
    lines = content.splitlines()
    start = next(i for i in range(reject.line, len(lines)) if '"Id": "99"' in lines[i])
    assert start == reject.line, "the line is that of the record's opening brace"
    assert home.rows(STORED)[0] == TRUE_ROWS[0]
    assert len(home.rows(STORED)) == 32


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"results": 5}', "no list of records at $"),
        ('[{"Id": "1"}, ', "ends early"),
        ('[{"Id": "1"} {"Id": "2"}]', "not valid JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("nothing", "no list of records at $"),
        ('[{"Id": "1"}] and more', "not valid JSON"),
    ],
)
def test_broken_json_is_quarantined_with_its_place(tmp_path: Path, content: str, reason: str) -> None:
    home = place(tmp_path, path="deals_*.json", file_format="json")
    home.drop("deals_2026-03-01.json", content)
    outcome = home.outcome("deals_2026-03-01.json")
    assert (outcome.status, reason in outcome.reason) == ("quarantined", True), outcome.reason


def test_parquet_columns_of_a_type_are_read_by_their_type(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT * FROM (VALUES ('1', 'Müller “€5”', 'Won', 1234.50::DECIMAL(9,2), DATE '2026-01-31', "
            "TIMESTAMP '2026-01-01 10:00:00', true, [1, 2]), ('2', '=1+1', 'Open', -7, DATE '2026-02-28', "
            "TIMESTAMP '2026-01-02 10:00:00', false, NULL)) "
            "AS t(Id, Name, StageName, Amount, CloseDate, CreatedDate, IsWon, more)) "
            f"TO '{file}' (FORMAT parquet)"
        )
    home = place(tmp_path, path="deals_*.parquet", file_format="parquet", dateFormats=["%d.%m.%Y"], decimalMark=",")
    home.drop("deals_2026-03-01.parquet", file.read_bytes())
    home.drop("deals_2026-03-02.parquet", file.read_bytes()[:-50])
    (good, cut) = home.ingest().files
    assert (good.status, good.extra) == ("loaded", ("more",)), good.reason
    assert cut.status == "quarantined"
    assert home.rows(STORED) == TRUE_ROWS


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("cp1252", "cp1252"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-8", "utf-8")],
)
def test_text_is_decoded_as_the_contract_says(tmp_path: Path, encoding: str, said: str) -> None:
    home = place(tmp_path, encoding=said)
    home.drop("deals_2026-03-01.csv", text().replace("\n", "\r\n", 1).encode(encoding))
    assert home.outcome("deals_2026-03-01.csv").status == "loaded"
    assert home.rows(STORED) == TRUE_ROWS


@pytest.mark.parametrize(
    ("encoding", "said"), [("cp1252", "utf-8"), ("utf-16", "utf-8"), ("utf-8", "utf-16"), ("utf-8", "ascii")]
)
def test_text_of_another_encoding_is_quarantined_by_name(tmp_path: Path, encoding: str, said: str) -> None:
    home = place(tmp_path, encoding=said)
    home.drop("deals_2026-03-01.csv", text().encode(encoding))
    outcome = home.outcome("deals_2026-03-01.csv")
    assert outcome.status == "quarantined"
    assert home.rows(STORED) == []


def test_a_nul_byte_in_a_value_is_quarantined(tmp_path: Path) -> None:
    for encoding in ("utf-8", "cp1252"):
        home = Place(tmp_path / encoding, [deals(tmp_path / "contracts", only=ONLY, encoding=encoding)])
        home.drop("deals_2026-03-01.csv", text().replace("Won", "W\0n").encode(encoding))
        assert "NUL" in home.outcome("deals_2026-03-01.csv").reason


MARKS = [
    ({"decimalMark": ",", "thousandsMark": "."}, "1.234,56", Decimal("1234.56")),
    ({"decimalMark": ",", "thousandsMark": "."}, "1234,5", Decimal("1234.50")),
    ({"decimalMark": ",", "thousandsMark": "."}, "1,234.56", None),
    ({"decimalMark": ",", "thousandsMark": "."}, "1.5", None),
    ({"decimalMark": ",", "thousandsMark": "."}, "12.34", None),
    ({"decimalMark": ","}, "1.234", None),
    ({"thousandsMark": ","}, "1,234,567.89", Decimal("1234567.89")),
    ({"thousandsMark": ","}, "1,5", None),
    ({"thousandsMark": ","}, "1,2345", None),
    ({"thousandsMark": "'"}, "1'234.5", Decimal("1234.50")),
    ({"thousandsMark": " "}, "1 234", Decimal("1234.00")),
    ({"negativeParentheses": True, "thousandsMark": ","}, "(1,234.56)", Decimal("-1234.56")),
    ({"negativeParentheses": True}, "((5))", None),
    ({"negativeParentheses": True}, "(-5)", None),
    ({"currencySymbols": ["€", "EUR"]}, "€5", Decimal("5.00")),
    ({"currencySymbols": ["€", "EUR"]}, "-€ 5.25", Decimal("-5.25")),
    ({"currencySymbols": ["€", "EUR"]}, "5\u00a0EUR", Decimal("5.00")),
    ({"currencySymbols": ["€", "EUR"]}, "$5", None),
    ({"currencySymbols": ["€", "EUR"]}, "€5€", None),
    ({"currencySymbols": ["€", "EUR"]}, "5€5", None),
    ({"currencySymbols": ["$"], "negativeParentheses": True}, "($5.10)", Decimal("-5.10")),
    ({}, "1e3", Decimal("1000.00")),
    ({}, "(5)", None),
    ({}, "€5", None),
]


@pytest.mark.parametrize(("said", "written", "value"), MARKS)
def test_money_in_any_notation_is_exact_or_rejected(
    tmp_path: Path, said: dict[str, Any], written: str, value: Decimal | None
) -> None:
    home = place(tmp_path, columns={"Amount": said})
    plain = [(str(i), "x", "Open", "7", "2026-01-31", "2026-01-01", "true") for i in range(40)]
    home.drop(
        "deals_2026-03-01.csv", csv_text(HEADER, [*plain, ("99", "x", "Open", written, "2026-01-31", "2026-01-01", "true")])
    )
    rejects = home.ingest().rejects
    assert home.rows('SELECT "Amount" FROM raw.salesforce__opportunity WHERE "Id" = \'99\'') == (
        [] if value is None else [(value,)]
    )
    assert [(r.line, r.column, r.value) for r in rejects] == ([(42, "Amount", written)] if value is None else [])
    assert home.rows('SELECT sum("Amount") FROM raw.salesforce__opportunity WHERE "Id" <> \'99\'') == [(Decimal(280),)]


def test_a_date_is_read_by_the_format_of_the_contract_and_an_impossible_one_rejected(tmp_path: Path) -> None:
    home = place(tmp_path, columns={"CloseDate": {"dateFormats": ["%d/%m/%Y"]}})
    rows = [(str(i), "x", "Open", "7", "01/02/2026", "2026-01-01", "true") for i in range(40)]
    home.drop("deals_2026-03-01.csv", csv_text(HEADER, [*rows, ("99", "x", "Open", "7", "04/25/2026", "2026-01-01", "true")]))
    (reject,) = home.ingest().rejects
    assert (reject.line, reject.column, reject.value) == (42, "CloseDate", "04/25/2026")
    assert home.rows('SELECT DISTINCT "CloseDate" FROM raw.salesforce__opportunity') == [(dt.date(2026, 2, 1),)]


def test_words_for_nothing_booleans_and_zones_are_the_contracts(tmp_path: Path) -> None:
    home = place(
        tmp_path,
        nullWords=["Select", "None", "N/A"],
        timezone="Europe/Berlin",
        columns={"IsWon": {"trueWords": ["ja"], "falseWords": ["nein"]}},
    )
    rows = [
        ("1", "Select", "Open", "N/A", "None", "2026-07-01 10:00:00", "ja"),
        ("2", "Selected", "Open", "1", "2026-01-31", "2026-01-01 10:00:00", "NEIN"),
    ]
    home.drop("deals_2026-03-01.csv", csv_text(HEADER, rows))
    home.ingest()
    assert home.rows(STORED) == [
        ("1", None, "Open", None, None, dt.datetime(2026, 7, 1, 8), True),
        ("2", "Selected", "Open", Decimal("1.00"), dt.date(2026, 1, 31), dt.datetime(2026, 1, 1, 9), False),
    ]


def test_lines_around_the_records_are_no_records_and_lines_keep_their_number(tmp_path: Path) -> None:
    home = place(tmp_path, delimiter=";", skipLines=3, footerPattern='"?(Grand Totals|Confidential)')
    lines = ["Report;;", "As of today", "", ";".join(HEADER)]
    lines += [f"{i};x;Open;7;2026-01-31;2026-01-01;true" for i in range(40)]
    lines += ["99;x;Open;seven;2026-01-31;2026-01-01;true", "", '"Grand Totals (41 records)"', "Confidential", ""]
    home.drop("deals_2026-03-01.csv", "\n".join(lines))
    report = home.ingest()
    assert [(r.line, r.value) for r in report.rejects] == [(45, "seven")]
    assert [(c.read, c.loaded, c.rejected) for c in report.files[0].counts] == [(41, 40, 1)]


def test_a_footer_amid_the_records_is_not_believed(tmp_path: Path) -> None:
    home = place(tmp_path, footerPattern="Total")
    rows = [("Total 1", "x", "Open", "7", "2026-01-31", "2026-01-01", "true")] + [(str(i), *ROWS[0][1:]) for i in range(40)]
    home.drop("deals_2026-03-01.csv", csv_text(HEADER, rows).replace('"Total 1"', "Total 1"))
    assert "they may be records" in home.outcome("deals_2026-03-01.csv").reason


def test_a_file_without_a_header_gets_it_from_the_contract(tmp_path: Path) -> None:
    home = place(tmp_path, header=[*HEADER, "more"], delimiter="tab")
    rows = ["\t".join([*row, "more"]) for row in ROWS]
    rows += ["\t".join([str(i), *ROWS[1][1:], "m"]) for i in range(10, 40)] + ["99\tx\tOpen\tseven\t\t\t\t"]
    home.drop("deals_2026-03-01.csv", "\n".join(rows) + "\n")
    report = home.ingest()
    assert [(r.line, r.value) for r in report.rejects] == [(33, "seven")]
    assert home.rows(STORED)[0] == TRUE_ROWS[0]


def test_a_column_may_stand_under_other_labels_and_the_first_listed_is_meant(tmp_path: Path) -> None:
    home = place(tmp_path, columns={"Amount": {"physicalName": "Amount (converted)", "aliases": ["Betrag", "Amount"]}})
    header = list(HEADER)
    header[3] = "BETRAG"
    home.drop("deals_2026-03-01.csv", csv_text(header, ROWS))
    (one,) = home.ingest().files
    assert (one.status, one.absent, one.extra) == ("loaded", (), ())
    home.drop("deals_2026-03-02.csv", csv_text([*header, "amount"], [(*row, "1") for row in ROWS]))
    assert home.outcome("deals_2026-03-02.csv").extra == ("amount",)
    assert home.rows(STORED.replace("ORDER", "WHERE _extract_time = '2026-03-02' ORDER")) == TRUE_ROWS


def test_the_extract_time_may_stand_in_a_column(tmp_path: Path) -> None:
    home = place(tmp_path, path="deals.csv", extractTime={"column": "exported", "format": "%d.%m.%Y %H:%M"})
    home.drop("deals.csv", csv_text([*HEADER, "exported"], [(*row, "05.03.2026 06:30") for row in ROWS]))
    assert home.outcome("deals.csv").status == "loaded"
    assert home.rows("SELECT DISTINCT _extract_time FROM raw.salesforce__opportunity") == [(dt.datetime(2026, 3, 5, 6, 30),)]
    assert home.outcome("deals.csv").status == "known"
    home.drop("deals.csv", csv_text([*HEADER, "exported"], [(*row, "soon") for row in ROWS]))
    assert "holds no time of the format" in home.outcome("deals.csv").reason
