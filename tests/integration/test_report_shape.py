"""Files as screens write them: lines before the header, labels instead of names, totals and notices below the data."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingestion import canonical, contract_reader, landing, load
from ingestion.inbox import Found
from ingestion.origin import Origin
from ingestion.text import UnreadableError
from warehouse import database
from warehouse.errors import ContractError

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: mine.report
name: Report
version: 1.0.0
status: active
servers:
  - {server: inbox, type: local, path: "report*.csv", format: csv}
customProperties:
  - {property: source, value: mine}
  - {property: skipLines, value: 2}
  - {property: footerPattern, value: '^(Grand Totals|Confidential)'}
schema:
  - name: salesforce.Opportunity
    properties:
      - name: Id
        logicalType: string
        physicalName: Opportunity ID
        customProperties:
          - {property: aliases, value: [Deal ID]}
          - property: expression
            value: coalesce("Opportunity ID", md5(concat_ws('|', "Opportunity Name", "Created Date")))
      - name: Name
        logicalType: string
        physicalName: Opportunity Name
        customProperties: [{property: aliases, value: [Deal Name, Name]}]
      - {name: StageName, logicalType: string, physicalName: Stage, required: true}
      - {name: Amount, logicalType: number, physicalName: Amount}
      - {name: CreatedDate, logicalType: timestamp, physicalName: Created Date}
"""
TOP = '"Opportunities, open"\nAs of today\n'


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str, contract: str = CONTRACT) -> tuple[list[tuple], load.LoadResult]:
        path = tmp_path / "report.yml"
        path.write_text(contract, encoding="utf-8")
        file = tmp_path / "report.csv"
        file.write_bytes(text.encode("utf-8"))
        found = contract_reader.read(path)
        info = file.stat()
        landed = landing.land(Found("report.csv", file, found, info.st_size, info.st_mtime_ns), tmp_path)
        assert landed is not None
        connection: duckdb.DuckDBPyConnection = database.connect(tmp_path / "build.duckdb")
        try:
            canonical.create_all(connection)
            result = load.load(
                connection, landed, "report.csv", found, Origin("mine", landed.sha256, None), tmp_path, lambda _: None
            )
            rows = connection.execute('SELECT "Id", "Name", "StageName", "Amount" FROM raw.salesforce__opportunity ORDER BY 2')
            return rows.fetchall(), result
        finally:
            connection.close()

    return read


def test_lines_above_the_header_and_everything_from_the_footer_on_are_no_data(read) -> None:
    rows, result = read(
        TOP + 'Opportunity ID,Opportunity Name,Stage,Amount\n1,"A ""quoted""\nname",New,5\n2,B,Won,7\n\n'
        "Grand Totals (2 records),,,12\nConfidential Information\n3,C,New,1\n"
    )
    assert [(row[0], row[3]) for row in rows] == [("1", 5), ("2", 7)]
    assert [(c.read, c.loaded, c.rejected) for c in result.counts] == [(2, 2, 0)]


def test_an_alias_is_matched_whatever_its_case_and_expressions_read_it_under_the_physical_name(read) -> None:
    rows, result = read(TOP + "deal id,DEAL NAME,Stage,Amount,Colour\n7,A,New,1,red\n")
    assert [row[:3] for row in rows] == [("7", "A", "New")]
    assert result.extra == ("Colour",)


def test_of_two_labels_of_one_column_the_first_listed_wins_and_the_other_is_kept_aside(read) -> None:
    rows, result = read(TOP + "Name,Deal Name,Stage\nwrong,right,New\n")
    assert rows[0][1] == "right"
    assert result.extra == ("Name",)


def test_an_expression_reads_a_label_that_the_file_lacks_as_null(read) -> None:
    rows, _ = read(TOP + "Opportunity Name,Stage\nA,New\nB,New\n")
    assert len({row[0] for row in rows}) == 2
    assert all(len(row[0]) == 32 for row in rows)


def test_a_rejected_record_is_found_on_its_own_line_below_skipped_lines(read) -> None:
    good = "".join(f"{n},deal {n},New,1\n" for n in range(2, 40))
    _, result = read(
        TOP + 'Opportunity ID,Opportunity Name,Stage,Amount\n1,"two\nlines",New,1\n' + good + "99,bad,New,much\nConfidential\n"
    )
    assert [(reject.line, reject.column, reject.value) for _, reject in result.rejects] == [(44, "Amount", "much")]
    assert good.count("\n") + 3 + 2 + 1 == 44


def test_a_contract_says_which_mark_parts_the_cells(read) -> None:
    rows, _ = read(
        TOP + "Opportunity ID;Opportunity Name;Stage\n1;A,B;New\n",
        CONTRACT.replace(
            "{property: skipLines, value: 2}", '{property: skipLines, value: 2}\n  - {property: delimiter, value: ";"}'
        ),
    )
    assert rows[0][:3] == ("1", "A,B", "New")


def test_an_alias_at_one_column_holds_for_every_column_of_that_label(read) -> None:
    more = "  - name: salesforce.Account\n    properties:\n"
    more += "      - {name: Id, physicalName: Opportunity Name, logicalType: string}\n"
    rows, result = read(TOP + "Deal Name,Stage\nA,New\n", CONTRACT + more)
    assert rows[0][1] == "A"
    assert [(count.object, count.loaded) for count in result.counts] == [
        ("salesforce.Opportunity", 1),
        ("salesforce.Account", 1),
    ]


def test_a_missing_required_column_is_named(read) -> None:
    with pytest.raises(UnreadableError, match="'Stage' is missing"):
        read(TOP + "Opportunity Name,Amount\nA,1\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value: 2}", "value: two}", "skipLines"),
        ("Grand Totals|", "Grand Totals(", "footerPattern"),
        ("[Deal ID]", "Deal ID", "aliases"),
    ],
)
def test_a_wrong_key_is_refused_by_line(read, old: str, new: str, said: str) -> None:
    with pytest.raises(ContractError, match=rf"{said}.*report\.yml:\d+"):
        read(TOP, CONTRACT.replace(old, new))
