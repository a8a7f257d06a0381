"""What the texts of a column decide about how it is written, and what they leave to a person."""

from __future__ import annotations

import datetime as dt

import pytest

from ingestion import guess

TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["31.10.2026", "1.2.2026"], ("%d.%m.%Y",)),
        (["10/31/2026", "1/2/2026"], ("%m/%d/%Y",)),
        (["10/31/2026 2:05 PM"], ("%m/%d/%Y %I:%M %p",)),
        (["31/10/26 14:05"], ("%d/%m/%y %H:%M",)),
        (["2026/10/31"], ("%Y/%m/%d",)),
        (["31 Oct 2026"], ("%d %b %Y",)),
        (["2026-10-31", "2026-10-31 14:05"], ()),
    ],
)
def test_an_impossible_reading_decides_the_order_of_day_and_month(values: list[str], formats: tuple[str, ...]) -> None:
    found = guess.moments(values)
    assert found is not None
    assert (found.formats, found.undecided) == (formats, ())


def test_dates_that_read_both_ways_are_left_to_a_person_who_decides_them() -> None:
    found = guess.moments(["01/02/2026", "03/04/2026"])
    assert found is not None
    assert (found.formats, found.undecided) == ((), ("dmy", "mdy"))
    decided = guess.moments(["01/02/2026"], "dmy")
    assert decided is not None
    assert decided.formats == ("%d/%m/%Y",)


def test_a_person_cannot_decide_against_what_the_file_shows() -> None:
    found = guess.moments(["31/10/2026"], "mdy")
    assert found is not None
    assert found.formats == ("%d/%m/%Y",)


def test_a_column_of_both_orders_is_no_column_of_dates_and_says_which_cells_contradict() -> None:
    found = guess.moments(["31/10/2026", "10/31/2026"])
    assert found is not None
    assert (found.formats, found.undecided) == ((), ())
    assert "'31/10/2026'" in found.evidence
    assert "'10/31/2026'" in found.evidence


@pytest.mark.parametrize("values", [["Prospecting"], ["12"], ["a/b/c"], []])
def test_other_texts_are_no_dates(values: list[str]) -> None:
    assert guess.moments(values) is None


@pytest.mark.parametrize(
    ("values", "decimal", "thousands"),
    [
        (["1.234,56", "7"], ",", "."),
        (["1,234.56"], ".", ","),
        (["1 234,5"], ",", " "),
        (["1\u00a0234,56"], ",", "\u00a0"),
        (["1'234.50"], ".", "'"),
        (["1,234,567"], ".", ","),
        (["12.5", "7"], ".", ""),
        (["0.125"], ".", ""),
        (["42"], ".", ""),
    ],
)
def test_marks_of_numbers_follow_from_the_cells(values: list[str], decimal: str, thousands: str) -> None:
    found = guess.numbers(values)
    assert found is not None
    assert (found.decimal_mark, found.thousands_mark, found.undecided) == (decimal, thousands, False)


def test_one_mark_before_three_digits_is_left_open_unless_it_is_money_with_a_third_decimal() -> None:
    open_one = guess.numbers(["1,000", "2,500"], is_money=True)
    assert open_one is not None
    assert open_one.undecided
    money = guess.numbers(["1,234", "2,500"], is_money=True)
    assert money is not None
    assert (money.decimal_mark, money.thousands_mark) == (".", ",")
    decided = guess.numbers(["1,000"], decimal_mark=".")
    assert decided is not None
    assert (decided.decimal_mark, decided.thousands_mark, decided.undecided) == (".", ",", False)


def test_signs_percent_and_parentheses_are_seen() -> None:
    found = guess.numbers(["€ 1.234,00", "(2,50)"])
    assert found is not None
    assert (found.symbols, found.parentheses) == (("€",), True)
    share = guess.numbers(["50%"])
    assert share is not None
    assert share.percent


def test_names_with_digits_are_no_numbers() -> None:
    assert guess.numbers(["Deal 12", "Deal 13"]) is None


def test_words_for_true_and_false_are_all_or_nothing() -> None:
    assert guess.booleans(["Yes", "no"], TRUE, FALSE) == guess.Booleans(("yes",), ("no",))
    assert guess.booleans(["Yes", "maybe"], TRUE, FALSE) is None


def test_fiscal_quarters_decide_the_first_month_only_where_no_other_fits() -> None:
    assert guess.fiscal_start([(month, (month - 4) % 12 // 3 + 1) for month in range(1, 13)]) == 4
    assert guess.fiscal_start([(2, 1)]) is None


def test_the_newest_date_is_read_by_the_column_s_own_formats() -> None:
    assert guess.latest(["1.2.2026", "31.1.2026", "-"], ["%d.%m.%Y"]) == dt.date(2026, 2, 1)
    assert guess.latest(["x"], []) is None
