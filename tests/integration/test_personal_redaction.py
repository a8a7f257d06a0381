"""A person is taken out of landed files of every format; the load keeps its identity, and nobody comes back."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import contract_reader, erase, ingest, person
from ingestion.contract import Contract
from ingestion.erased_files import ErasedFiles
from tests.integration.exports import Place, csv_text
from warehouse import database
from warehouse.ledger import Ledger

HEADER = ("Id", "FirstName", "LastName", "Email", "Phone", "Company", "Status", "CreatedDate", "LastModifiedDate", "Remarks__c")
MOMENT = "2026-10-01T00:00:00Z"
ANN = (
    "00Q000000000001EAA",
    "Ann",
    "Lee",
    "Ann@x.com",
    "+49 30 1234567",
    "X, Inc.",
    "New",
    MOMENT,
    MOMENT,
    "call 0049 30/123 4567",
)
BOB = (
    "00Q000000000002EAA",
    "Bob",
    "Ray",
    "bob@y.com",
    "+1 555 7654321",
    "Y",
    "New",
    MOMENT,
    MOMENT,
    "knows ann@x.com, met Ann Lee",
)
JO = ("00Q000000000003EAA", "Jo", "Lee", "joann@x.com", "", "Z", "New", MOMENT, MOMENT, "Müller “€5”")
PEOPLE = [ANN, BOB, JO]
SECRETS = ("ann@x.com", "ann lee", "1234567", "123 4567")


def erase_ann(place: Place, who: str = "ann@x.com") -> None:
    with database.connect(place.home.build, read_only=True) as connection:
        search = person.Search(connection, place.contracts)
        found = search.by_email(who) if "@" in who else search.by_id(who)
    ledger = Ledger(place.home.ledger)
    erasure = erase.begin(place.home, ledger, [found], "she asked", "test")
    erase.erase_files(place.home, ledger, place.contracts, place.inbox, erasure)
    erase.end(place.home)
    database.remove(place.home.build)


def decoded_texts(folder: Path) -> list[str]:
    """What stands in every file under a folder, packed ones unpacked: written here anew, so that it proves something."""
    texts = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if data[:3] == b"\x1f\x8b\x08":
            data = gzip.decompress(data)
        if data[:4] == b"\x28\xb5\x2f\xfd":
            data = pa.input_stream(pa.BufferReader(data), compression="zstd").read()
        if data[:4] == b"PAR1":
            data = json.dumps(pq.read_table(io.BytesIO(data)).to_pylist(), ensure_ascii=False).encode()
        parts = [data]
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = [archive.read(name) for name in archive.namelist()]
        texts += [
            part.decode("utf-16" if part[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace").lower() for part in parts
        ]
    return texts


def assert_no_ann(place: Place) -> None:
    for folder in (place.inbox, place.home.landing, place.home.ledger):
        for text in decoded_texts(folder):
            left = text.replace("joann@x.com", "")
            assert not [secret for secret in SECRETS if secret in left], left[:2000]


def contract(tmp_path: Path, file_format: str, **custom: str) -> list[Contract]:
    folder = tmp_path / "company" / "contracts"
    folder.mkdir(parents=True)
    built_in = contract_reader.BUILT_IN / "salesforce_lead.yml"
    text = (
        built_in.read_text(encoding="utf-8").replace(".csv", f".{file_format}").replace("format: csv", f"format: {file_format}")
    )
    more = "".join(f"customProperties:\n  - {{property: {name}, value: {value}}}\n" for name, value in custom.items())
    (folder / "lead.yml").write_text(text.replace("customProperties:\n", more or "customProperties:\n", 1), encoding="utf-8")
    return contract_reader.read_all(tmp_path / "company")


def as_csv() -> bytes:
    return csv_text(HEADER, PEOPLE).encode()


def as_json_lines() -> bytes:
    return "".join(json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) + "\n" for row in PEOPLE).encode()


def as_document() -> bytes:
    return json.dumps([dict(zip(HEADER, row, strict=True)) for row in PEOPLE]).encode()


def as_parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({name: [row[i] or None for row in PEOPLE] for i, name in enumerate(HEADER)}), sink)
    return sink.getvalue()


def as_excel() -> bytes:
    """A workbook as spreadsheets write it: texts are shared between cells."""
    shared: list[str] = []
    lines = []
    for number, row in enumerate([HEADER, *PEOPLE], start=1):
        cells = []
        for column, text in enumerate(row):
            if text:
                shared += [] if text in shared else [text]
                cells.append(f'<c r="{chr(65 + column)}{number}" t="s"><v>{shared.index(text)}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kinds}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{rel}"><sheets>'
        '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(lines)}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {main}>{''.join(f'<si><t>{text}</t></si>' for text in shared)}</sst>",
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return sink.getvalue()


def zipped(data: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Lead.csv", data)
    return sink.getvalue()


FORMATS: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "csv": ("csv", "", as_csv),
    "csv.gz": ("csv", ".gz", lambda: gzip.compress(as_csv())),
    "csv.zip": ("csv", ".zip", lambda: zipped(as_csv())),
    "csv.zst": ("csv", ".zst", lambda: pa.Codec("zstd").compress(as_csv(), asbytes=True)),
    "jsonl": ("jsonl", "", as_json_lines),
    "json": ("json", "", as_document),
    "parquet": ("parquet", "", as_parquet),
    "xlsx": ("xlsx", "", as_excel),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_person_is_gone_from_a_file_of_every_format_and_the_others_are_untouched(kind: str, tmp_path: Path) -> None:
    file_format, packed, make = FORMATS[kind]
    place = Place(tmp_path / "home", contract(tmp_path, file_format))
    place.drop(f"Lead_2026-10-01.{file_format}{packed}", make())
    place.ingest()
    columns = (
        "Id, FirstName, LastName, Email, Phone, Company, Status, LastModifiedDate, json_extract_string(_extra, 'Remarks__c')"
    )
    query = f"SELECT {columns} FROM raw.salesforce__lead ORDER BY Id"
    before = place.rows(query)
    assert before[0][3] == "Ann@x.com"
    erase_ann(place)
    assert_no_ann(place)
    place.ingest()
    after = place.rows(query)
    ann, bob, jo = after
    assert jo == before[2]
    assert bob[:8] == before[1][:8]
    assert bob[8].startswith("knows erased-")
    assert ann[0] == before[0][0]
    assert ann[5:8] == before[0][5:8]
    assert ann[3].endswith("@erased.invalid")
    assert not ann[4]
    assert not {"Ann", "Lee"} & set(ann)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_person_is_gone_from_a_file_of_another_encoding(encoding: str, tmp_path: Path) -> None:
    place = Place(tmp_path / "home", contract(tmp_path, "csv", encoding=encoding))
    place.drop("Lead_2026-10-01.csv", csv_text(HEADER, PEOPLE).encode(encoding))
    place.ingest()
    erase_ann(place)
    assert_no_ann(place)
    place.ingest()
    assert place.rows("SELECT count(*), count(*) FILTER (Email LIKE '%@erased.invalid') FROM raw.salesforce__lead") == [(3, 1)]
    assert place.rows("SELECT json_extract_string(_extra, 'Remarks__c') FROM raw.salesforce__lead WHERE FirstName = 'Jo'") == [
        ("Müller “€5”",)
    ]


def test_the_load_keeps_its_identity_and_the_same_bytes_again_are_known(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop("Lead_2026-10-01.csv", as_csv())
    place.ingest()
    before = place.rows("SELECT load_id, sha256 FROM meta.load")
    erase_ann(place)
    place.ingest()
    assert place.rows("SELECT load_id, sha256 FROM meta.load") == before
    assert not (place.home.landing / before[0][1]).exists()
    place.drop("Lead_2026-10-01.csv", as_csv())
    assert ingest.pending(place.home, place.contracts, place.inbox)
    assert place.outcome("Lead_2026-10-01.csv").status == "known"
    assert place.rows("SELECT count(*) FROM raw.salesforce__lead") == [(3,)]
    assert_no_ann(place)
    assert not ingest.pending(place.home, place.contracts, place.inbox)


def test_a_later_export_that_carries_the_person_again_is_redacted_before_it_is_loaded(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop("Lead_2026-10-01.csv", as_csv())
    place.ingest()
    erase_ann(place)
    moved = (ANN[0], "Anna", "Lee-Ray", "anna.new@x.com", *ANN[4:])
    place.drop("Lead_2026-10-08.csv", csv_text(HEADER, [moved, BOB, JO]))
    place.drop("Lead_2026-10-09.csv", as_csv())
    place.drop(
        "Task_2026-10-09.csv", csv_text(("Id", "Subject", "WhoId"), [("00T1", "Call with Ann Lee on +49 30 1234567", ANN[0])])
    )
    place.ingest()
    assert_no_ann(place)
    assert place.rows("SELECT count(*) FROM raw.salesforce__lead WHERE FirstName = 'Anna' OR Email LIKE 'anna%'") == [(0,)]
    assert place.rows("SELECT count(*) FROM raw.salesforce__lead") == [(9,)]
    assert "erased" in place.rows("SELECT Subject FROM raw.salesforce__task")[0][0]
    assert not ingest.pending(place.home, place.contracts, place.inbox)
    files = ErasedFiles.read(place.home, Ledger(place.home.ledger))
    assert all((place.home.landing / files.current(sha)).is_file() for (sha,) in place.rows("SELECT sha256 FROM meta.load"))


def test_an_id_leads_to_the_same_erasure_as_the_email(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop("Lead_2026-10-01.csv", as_csv())
    place.ingest()
    erase_ann(place, ANN[0][:15])
    assert_no_ann(place)


def test_a_quarantined_file_loses_the_person_too(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop("Lead_2026-10-01.csv", as_csv())
    place.drop("Lead_2026-10-02.csv", "FirstName,Email\nAnn,ann@x.com\n")
    place.drop("Lead_2026-10-03.csv.gz", b"\x1f\x8bnot really ann@x.com")
    place.drop("notes.txt", "Ask Ann Lee <ann@x.com>")
    place.ingest()
    erase_ann(place)
    assert_no_ann(place)
    place.ingest()
    assert_no_ann(place)
    assert {file.status for file in place.ingest().files if "10-01" not in file.name} == {"quarantined"}


def test_an_erasure_that_stopped_in_the_middle_goes_on_to_the_same_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [Place(tmp_path / name) for name in ("whole", "killed")]
    for place in places:
        for day in range(1, 6):
            place.drop(f"Lead_2026-10-0{day}.csv", csv_text(HEADER, [(*row[:-1], f"{row[-1]} {day}") for row in PEOPLE]))
        place.ingest()
    erase_ann(places[0])
    real, calls = os.fsync, iter(range(100))

    def stop(descriptor: int) -> None:
        if next(calls) == 9:
            raise KeyboardInterrupt
        real(descriptor)

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        erase_ann(places[1])
    monkeypatch.setattr(os, "fsync", real)
    pending = erase.under_way(places[1].home)
    assert pending is not None
    database.remove(places[1].home.build)
    ledger = Ledger(places[1].home.ledger)
    erase.erase_files(
        places[1].home, ledger, places[1].contracts, places[1].inbox, erase.begin(places[1].home, ledger, [], "", "t")
    )
    for place in places:
        assert_no_ann(place)
        place.ingest()
    names = [sorted(path.name for path in place.home.landing.iterdir()) for place in places]
    assert names[0] == names[1]
    assert places[0].content() == places[1].content()


def test_values_that_others_have_too_stay_with_the_others(tmp_path: Path) -> None:
    place = Place(tmp_path)
    namesake = ("00Q000000000009EAA", "Ann", "Lee", "other@z.com", ANN[4], *ANN[5:9], "")
    place.drop("Lead_2026-10-01.csv", csv_text(HEADER, [ANN, namesake]))
    place.ingest()
    with database.connect(place.home.build, read_only=True) as connection:
        found = person.Search(connection, place.contracts).by_email("ann@x.com")
    assert {kind for kind, _ in found.shared} == {"name", "phone"}
    erase_ann(place)
    place.ingest()
    assert place.rows("SELECT FirstName, LastName, Phone FROM raw.salesforce__lead WHERE Email = 'other@z.com'") == [
        (*namesake[1:3], ANN[4])
    ]
    assert place.rows("SELECT count(*) FROM raw.salesforce__lead WHERE FirstName = 'Ann'") == [(1,)]


def test_where_nobody_was_erased_no_file_is_looked_at_and_no_key_is_made(tmp_path: Path) -> None:
    place = Place(tmp_path)
    path = place.drop("Lead_2026-10-01.csv", as_csv())
    files = ErasedFiles.read(place.home, Ledger(place.home.ledger))
    from ingestion.inbox import scan

    found = scan(place.inbox, place.contracts).claimed[0]
    path.unlink()
    assert files.apply(found, Ledger(place.home.ledger)) is found
    assert not (place.home.root / "personal.key").exists()
