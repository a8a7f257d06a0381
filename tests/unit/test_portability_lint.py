"""The portability lint: each rule finds what it is for and passes what should be written instead."""

from pathlib import Path

import pytest

from tests.lint.portability import BARE_NULL, RULES, blank, check_project, check_text, main

# rule: (what it must find, what it must pass)
CASES = {
    "cast-operator": ("select a::date from t", "select cast(a as date) as a from t"),
    "qualify": ("select a from t qualify b = 1", "select a from t where qualified = 1"),
    "ilike": ("select a from t where a ilike 'x%'", "select a from t where lower(a) like 'x%'"),
    "tilde": ("select a from t where a !~ 'x'", "select a from t where a not like '~x'"),
    "lambda": ("select f(a, x -> x + 1) from t", "select a - b from t where a > b"),
    "group-by-all": ("select a, count(*) from t group by all", "select a, count(*) from t group by a union all select 1, 2"),
    "clock": ("select current_date - a from t", "select as_of - a from t where known_now = 1"),
    "random": ("select uuid() from t", "select md5(a) from t"),
    "nested-value": ("select list(a) from t", "select listed, rows_listed from t"),
    "type-name": ("select cast(a as varchar(10)) from t", "select cast(a as string) as text_value from t"),
    "quoted-identifier": ('select "Order" from t', "select '\"' as quote_sign from t"),
    "interval": ("select a + interval 1 day from t", "select interval_days from t"),
    "date-function": ("select date_trunc('month', a) from t", "select {{ dbt.date_trunc('month', 'a') }} as a from t"),
    "time-zone-operator": ("select a at time zone 'UTC' from t", "select time_zone from t"),
    "extract-part": ("select extract(isodow from a) from t", "select extract( year from a) from t"),
    "star-modifier": ("select * exclude (a) from t", "select * from t except select * from u"),
    "distinct-on": ("select distinct on (a) a, b from t", "select distinct a, b from t"),
    "join-kind": ("select 1 from a asof join b on a.x >= b.x", "select 1 from a left join b on a.x = b.x"),
    "pivot": ("pivot t on a using sum(b)", "select pivotal from t"),
    "sample": ("select a from t using sample 10", "select sample from t"),
    "union-by-name": ("select a from t union all by name select a from u", "select a from t union all select a from u"),
    "operator": ("select a // b from t", "select a / b * c from t"),
    "regular-expression": ("select regexp_matches(a, 'x') from t", "select a from t where a like '%x%'"),
    "null-function": ("select ifnull(a, 0) from t", "select coalesce(a, 0), nullif(a, 0) from t"),
    "text-aggregate": ("select string_agg(a) from t", "select {{ dbt.listagg('a') }} from t"),
    "arbitrary-row": ("select any_value(a) from t", "select min(a) as first_value, lag(a) over (order by a) from t"),
    "series": ("select * from range(10)", "select * from {{ whole_numbers(10) }} as numbers"),
    "bare-null": ("select a, null as b from t", "select a, cast(null as date) as b from t where a is not null"),
}


def test_every_rule_has_a_case() -> None:
    assert sorted(CASES) == sorted(rule.name for rule in (*RULES, BARE_NULL))


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_rule_finds_what_it_is_for(name: str) -> None:
    findings = check_text(f"-- a model\n{CASES[name][0]}\n", "models/m.sql")
    assert name in {finding.rule.name for finding in findings}
    assert {finding.line for finding in findings} == {2}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_should_be_written_instead_passes_every_rule(name: str) -> None:
    assert check_text(CASES[name][1], "models/m.sql") == []


@pytest.mark.parametrize(
    "text",
    [
        "select coalesce(a, null, 1) from t",
        "select case when a then null end as b from t",
        "select a from t where b is null and c = 1",
    ],
)
def test_a_null_inside_an_expression_is_not_a_column_unless_it_stands_alone(text: str) -> None:
    found = [finding.rule.name for finding in check_text(text, "m.sql")]
    assert found == (["bare-null"] if "null," in text else [])


def test_jinja_comments_strings_and_overrides_are_blanks_and_keep_lines() -> None:
    text = (
        "{#- a::b\n#}\n{% macro duckdb__f(a) %}\n{{ a }}::date\n{% endmacro %}\n"
        "select 'it''s a::b', /* c::d\n */ {{ f('a::b') }} -- e::f\nfrom t where x::int = 1"
    )
    assert blank(text).count("\n") == text.count("\n")
    assert [(finding.line, finding.rule.name) for finding in check_text(text, "m.sql")] == [(8, "cast-operator")]


def test_the_command_names_file_line_and_what_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "models" / "m.sql"
    model.parent.mkdir()
    model.write_text("select\n    a::date\nfrom t\n")
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"{model}:2: cast-operator: '::'; write cast(x as type)\n"
    model.write_text("select cast(a as date) as a from t\n")
    assert main([str(tmp_path)]) == 0


def test_a_folder_without_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no models"):
        check_project(tmp_path)


def test_the_project_itself_is_portable() -> None:
    assert [str(finding) for finding in check_project(Path(__file__).parents[2] / "dbt_project")] == []
