"""Queries on what is served: answers, refusals that help, and nothing else within reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.query import QueryError, query
from tests.integration.serving_builds import publish_number
from warehouse.errors import StateError


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    publish_number(folder, 1)
    return folder / "serving"


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) FROM kpi.daily_sales", 1),
        ("FROM kpi.daily_sales LIMIT 7;", 7),
        ("WITH a AS (SELECT 1) SELECT * FROM a", 1),
        ("VALUES (1), (2)", 2),
        ("DESCRIBE kpi.daily_sales", 4),
        ("SHOW ALL TABLES", 4),
        ("SUMMARIZE kpi.daily_sales", 4),
        ("EXPLAIN SELECT 1", 1),
        ("PIVOT (FROM kpi.daily_sales LIMIT 3) ON date_day USING sum(build_number)", 3),
        ("SELECT version FROM meta.publication", 1),
        ("-- a comment\nSELECT 1 -- another", 1),
    ],
)
def test_reading_statements_are_answered(serving: Path, sql: str, rows: int) -> None:
    assert query(serving, sql).num_rows == rows


def test_nothing_published_yet_says_so(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"Nothing has been published yet\. .*salesops run"):
        query(tmp_path / "serving", "SELECT 1")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO kpi.daily_sales SELECT * FROM kpi.daily_sales",
        "DELETE FROM kpi.daily_sales",
        "DROP TABLE kpi.daily_sales",
        "CREATE TEMP TABLE x AS SELECT 1",
        "CREATE TABLE memory.x AS SELECT 1",
        "COPY kpi.daily_sales TO 'x.csv'",
        "ATTACH 'x.duckdb'",
        "USE memory",
        "SET threads = 1",
        "CALL pragma_version()",
        "INSTALL httpfs",
        "LOAD httpfs",
        "EXPORT DATABASE 'x'",
        "CHECKPOINT",
        "EXPLAIN ANALYZE DELETE FROM kpi.daily_sales",
        "SELECT 1; DROP TABLE kpi.daily_sales",
        "",
        "-- nothing",
    ],
)
def test_anything_but_one_reading_statement_is_refused(
    serving: Path, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(QueryError, match=r"not a reading statement|cannot be changed|2 statements|no statement"):
        query(serving, sql)
    assert list(tmp_path.iterdir()) == []
    assert query(serving, "SELECT count(*) AS n FROM kpi.daily_sales").to_pylist() == [{"n": 300}]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
        "SELECT * FROM duckdb_secrets()",
    ],
)
def test_files_networks_and_secrets_are_out_of_reach(serving: Path, sql: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nconfidential\n")
    with pytest.raises(QueryError) as caught:
        query(serving, sql.format(secret=secret, folder=tmp_path))
    assert "confidential" not in str(caught.value)


def test_variables_of_the_process_are_no_tables(serving: Path) -> None:
    with pytest.raises(QueryError, match="There is no table spill"):
        query(serving, "SELECT * FROM spill")


@pytest.mark.parametrize(
    ("sql", "name", "place"),
    [
        ("FROM kpi.dialy_sales", "kpi.dialy_sales", "line 1, column 6"),
        ("SELECT *\n  FROM daily_sales", "daily_sales", "line 2, column 8"),
        ("SELECT 'é',\n'ü' FROM sales.daily_sale", "sales.daily_sale", "line 2, column 10"),
        ('SELECT 1 FROM "kpi"."daily_sale"', "kpi.daily_sale", "line 1, column 15"),
    ],
)
def test_an_unknown_table_names_the_closest_and_lists_all(serving: Path, sql: str, name: str, place: str) -> None:
    with pytest.raises(QueryError) as caught:
        query(serving, sql)
    text = str(caught.value)
    assert text.startswith(f"There is no table {name}. Where: {place}")
    assert "did you mean kpi.daily_sales?" in text
    assert "Published are: core.dim_user, kpi.daily_sales, meta.publication, meta.published_table" in text


def test_a_table_like_no_other_is_answered_with_the_list_alone(serving: Path) -> None:
    with pytest.raises(QueryError) as caught:
        query(serving, "FROM zzz")
    assert "did you mean" not in str(caught.value)
    assert "Published are: core.dim_user" in str(caught.value)


@pytest.mark.parametrize(
    ("sql", "what", "place"),
    [
        ("SELEC 1", "syntax error", "line 1, column 1, at: SELEC 1"),
        ("SELECT revenu\nFROM kpi.daily_sales", 'Referenced column "revenu" not found', "line 1, column 8, at: revenu"),
        ("SELECT 1,\n  foo(1)", "Function with name foo does not exist", "line 2, column 3, at: foo(1)"),
        ("SELECT CAST('é' AS INTEGER)", "Could not convert", "line 1, column 8"),
    ],
)
def test_an_error_in_the_statement_comes_with_its_place(serving: Path, sql: str, what: str, place: str) -> None:
    with pytest.raises(QueryError) as caught:
        query(serving, sql)
    assert what in str(caught.value)
    assert place in str(caught.value)
    assert caught.value.exit_code == 10


def test_a_query_larger_than_memory_spills_outside_the_serving_folder(serving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESOPS_MEMORY_LIMIT", "60MB")
    rows = query(serving, "SELECT count(*) AS n FROM (SELECT DISTINCT md5(i::VARCHAR) FROM range(1500000) t(i))").to_pylist()
    assert rows == [{"n": 1500000}]
    assert sorted(path.name for path in serving.iterdir()) == ["current.duckdb", "publish.lock", "snapshots"]
