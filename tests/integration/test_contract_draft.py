"""Contracts drafted from files: valid, readable by the real reader, and open where nobody but a person can know."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from ingestion import contract_reader
from ingestion.column_formats import Choices
from ingestion.contract import Contract
from ingestion.draft import draft, naming
from ingestion.peek import peek
from ingestion.rehearsal import rehearse
from ingestion.survey import Survey, survey
from warehouse.errors import ConfigurationError, InboxError

EUROPEAN = (
    '"Quarterly pipeline"\r\n\r\n'
    "Opportunity Owner;Account Name;Opportunity Name;Stage;Amount;Probability (%);Close Date;Created Date;Closed;Colour\r\n"
    '"Anna Müller";Acme;"First; big";Closed Won;"€ 1.234,56";100%;31.10.2026;01.09.2026;Ja;red\r\n'
    '"Bob";"";Second;Prospecting;"(2,50)";10%;05.11.2026;02.09.2026;Nein;\r\n'
    '"Bob";Acme;Third;Prospecting;-;10%;06.11.2026;03.09.2026;Nein;\r\n'
    "\r\nGrand Totals (3 records)\r\nMy report 7\r\nConfidential Information - Do Not Distribute\r\n"
)


def drafted(path: Path, **choices: str) -> tuple[Survey, str, Contract]:
    found = survey(peek(path), None, Choices(**choices))
    text = draft(found, naming(found.peek, found.main.object))
    target = path.with_suffix(".yml")
    target.write_text(text, encoding="utf-8")
    return found, text, contract_reader.read(target)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_a_european_report_without_ids_loads_whole_under_its_draft(tmp_path: Path) -> None:
    path = write(tmp_path / "report.csv", EUROPEAN, "cp1252")
    _, text, contract = drafted(path)
    assert contract.encoding == "cp1252"
    assert contract.skip_lines == 2
    found = rehearse(path, contract)
    assert found.would_load, found.reason
    assert not found.failures
    assert [(c.object, c.read, c.rows) for c in found.counts] == [
        ("salesforce.Opportunity", 3, 3),
        ("salesforce.Account", 3, 2),
        ("salesforce.User", 3, 2),
    ]
    assert "'31.10.2026' cannot be mdy" in text
    assert "#   Colour" in text


def zipped(data: bytes) -> bytes:
    """An archive of one file."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("deals.csv", data)
    return whole.getvalue()


PACKED = {".csv.gz": gzip.compress, ".csv.zip": zipped, ".csv.zst": lambda data: pa.compress(data, "zstd", asbytes=True)}


@pytest.mark.parametrize("ending", [".csv", ".jsonl", *PACKED])
def test_the_same_table_is_seen_in_every_text_format(tmp_path: Path, ending: str) -> None:
    rows = [{"Deal ID": str(n), "Deal Name": f"D{n}", "Deal Stage": "New", "Amount": f"{n}.5"} for n in range(3)]
    if ending == ".jsonl":
        data = "\n".join(json.dumps(row) for row in rows).encode()
    else:
        data = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]).encode()
    path = tmp_path / f"deals{ending}"
    path.write_bytes(PACKED[ending](data) if ending in PACKED else data)
    found = survey(peek(path))
    assert found.main.object == "salesforce.Opportunity"
    assert {item.column for item in found.main.columns} == {"Id", "Name", "StageName", "Amount"}
    target = tmp_path / "draft.yml"
    target.write_text(draft(found, naming(found.peek, found.main.object)), encoding="utf-8")
    assert rehearse(path, contract_reader.read(target)).would_load


def test_what_the_file_does_not_decide_is_left_out_and_offered_in_every_reading(tmp_path: Path) -> None:
    header = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n"
    path = write(tmp_path / "open.csv", header + '1,A,New,"1,000",01/02/2026\n2,B,New,"2,500",03/04/2026\n')
    found, text, contract = drafted(path)
    assert [item.column for item in found.undecided] == ["Amount", "CloseDate"]
    assert "CloseDate" not in {column.name for column in contract.columns}
    assert "Amount" not in {column.name for column in contract.columns}
    for reading in ("%d/%m/%Y", "%m/%d/%Y", "decimalMark"):
        assert f"#{text}".count(reading) >= 1
        assert all(line.lstrip().startswith("#") for line in text.splitlines() if reading in line)
    decided, _, contract = drafted(path, dates="dmy", decimals=".")
    assert not decided.undecided
    assert {column.name for column in contract.columns} >= {"Amount", "CloseDate"}
    assert rehearse(path, contract).would_load


def test_a_line_that_is_uncommented_in_the_draft_decides_the_column(tmp_path: Path) -> None:
    path = write(tmp_path / "open.csv", "Opportunity ID,Opportunity Name,Stage,Close Date\n1,A,New,01/02/2026\n")
    _, text, _ = drafted(path)
    (line,) = [line for line in text.splitlines() if "%d/%m/%Y" in line]
    edited = tmp_path / "edited.yml"
    edited.write_text(text.replace(line, line.replace("# - ", "- ")), encoding="utf-8")
    assert "CloseDate" in {column.name for column in contract_reader.read(edited).columns}


def test_one_column_that_decides_decides_for_the_file_and_is_named(tmp_path: Path) -> None:
    rows = "1,A,New,01/02/2026,31/01/2026\n"
    path = write(tmp_path / "two.csv", "Opportunity ID,Opportunity Name,Stage,Close Date,Created Date\n" + rows)
    found, _, _ = drafted(path)
    (closing,) = [item for item in found.main.columns if item.column == "CloseDate"]
    assert closing.custom["dateFormats"] == ["%d/%m/%Y"]
    assert "Created Date" in closing.notes[-1]


def test_deals_that_share_everything_a_key_could_be_made_of_are_counted(tmp_path: Path) -> None:
    header = "Opportunity Name,Account Name,Opportunity Owner,Stage,Close Date,Created Date\n"
    path = write(
        tmp_path / "same.csv", header + "A,X,Ann,New,2026-11-01,2026-01-01\n" * 2 + "A,X,Bob,New,2026-11-01,2026-01-01\n"
    )
    found, _, contract = drafted(path)
    assert found.repeated == 1
    assert not found.has_id
    assert [c.rejected for c in rehearse(path, contract).counts] == [1, 0, 0]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("page.xls.csv", b"<html><table>", "web page"),
        ("doc.csv", b"%PDF-1.7", "PDF"),
        ("book.csv", b"PK\x03\x04\0\0", "NUL"),
        ("book.xlsx", b"PK\x03\x04 no", "Excel"),
        ("deals.csv.zip", b"PK\x03\x04 no", "cannot be unpacked"),
        ("book.xlsx.gz", b"\x1f\x8b", "compressed"),
        ("notes.docx", b"PK\x03\x04", ".docx"),
        ("twice.csv", b"A,a\n1,2\n", "Two columns"),
        ("bare.csv", b"1,2\n3,4\n", "names the columns"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InboxError, match=said) as refusal:
        peek(path)
    assert refusal.value.todo


def test_a_header_that_no_object_knows_is_refused_unless_a_person_says_what_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "odd.csv", "alpha,beta\n1,2\n")
    with pytest.raises(ConfigurationError, match="--object"):
        survey(peek(path))
    assert survey(peek(path), "salesforce.Account").main.object == "salesforce.Account"
    with pytest.raises(ConfigurationError, match=r"salesforce\.Account"):
        survey(peek(path), "salesforce.Acount")


def test_an_excel_sheet_with_a_title_and_a_total_loads_whole_under_its_draft(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["All deals"])
    sheet.append([])
    sheet.append(["Record ID", "Deal Name", "Deal Stage", "Amount", "Close Date", "Deal owner"])
    for number in range(30):
        sheet.append([9000 + number, f"Deal {number}", "Closed won", 1000.5 + number, dt.datetime(2026, 10, 1 + number), "Ann"])
    sheet.append(["Grand Totals (30 records)"])
    path = tmp_path / "deals_2026-10-31.xlsx"
    book.save(path)
    found, _, contract = drafted(path)
    assert found.peek.skip_lines == 2
    rehearsed = rehearse(path, contract)
    assert rehearsed.would_load, rehearsed.reason
    assert [(count.loaded, count.rejected) for count in rehearsed.counts] == [(30, 0), (30, 0)]
