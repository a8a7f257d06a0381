"""What `salesops start` says: the mapping it proposes, what it wrote, and the first page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import click

from ingestion.candidates import candidates
from ingestion.movement import Movement
from ingestion.rehearsal import Rehearsal
from orchestration.messages import grid, options
from orchestration.settings import Settings
from orchestration.start import UNKNOWN_DAY, Plan, no_column
from orchestration.start_files import business_files, company_folder
from orchestration.start_refusals import mapping
from serving.first_page import FirstPage
from warehouse.text import printable

HOW = {
    "decimalMark": "decimal mark {}",
    "thousandsMark": "thousands {}",
    "dateFormats": "date {}",
    "timestampFormats": "date {}",
    "currencySymbols": "sign {}",
    "negativeParentheses": "(1) is minus 1",
    "trueWords": "true: {}",
    "falseWords": "false: {}",
    "nullWords": "empty: {}",
    "salesforceId": "Salesforce id",
}
WITHOUT = {
    "Amount": "Without it nothing is known of bookings and pipeline, and the first run is published only with --accept REASON.",
    "OwnerId": "Without it nothing is known of who sells what, and the first run is published only with --accept REASON.",
}
WORDS = {
    "new": "new",
    "won": "won",
    "lost": "lost",
    "pushed": "pushed to a later close date",
    "pulled in": "pulled in to an earlier one",
    "amount changed": "with another amount, in sum",
    "reopened": "opened again",
    "gone": "open ones no longer in the file",
    "closed and gone": "closed ones no longer in the file",
}


def show_proposal(made: Plan, settings: Settings) -> None:
    """Columns, stages, fiscal year and currency as they would be written."""
    newest = made.newest
    show_exports(made)
    if made.replaces:
        click.echo("Nothing is published yet, so this replaces what an earlier try wrote; what was said then holds still.\n")
    rows = []
    for item in newest.main.columns:
        how = [HOW[key].format(_said(value)) for key, value in item.custom.items() if key in HOW]
        label = _line(item.label) or "(made: see below)"
        rows.append((item.column, label, "; ".join(["NOT DECIDED"] * bool(item.undecided) + how + _remarks(item.notes))))
    grid(("column", "in the file", "how it is read"), rows)
    unread = ", ".join(printable(_line(label)) for label, _ in newest.unmapped)
    if unread:
        click.echo(f"Kept aside, as nothing reads them: {unread}")
    for label, why in newest.unmapped:
        if why:
            click.echo(f"  {printable(_line(label))}: {why}")
    for column, near in made.missed().items():
        todo = f": {mapping(column, near[0])}" if near else ""
        click.echo(f"Missing: {printable(no_column(column, near))}{todo}")
        click.echo(f"  {WITHOUT[column]}")
    click.echo("")
    show_stages(made)
    _show_usual_chance(made, settings)
    terms = made.proposal
    click.echo(f"Currency: {terms.currency} ({terms.why_currency})")
    click.echo(f"Fiscal year: starts in month {terms.fiscal_start} ({terms.why_fiscal})")
    if newest.key_note:
        click.echo(f"Key: {newest.key_note}")
    if not newest.has_id:
        near = candidates(newest, "Id")
        if near:
            click.echo(f"     {_line(near[0])!r} differs in all records; if it is the deal's id: {mapping('Id', near[0])}")
        else:
            click.echo("     Add the id to the report (Opportunity ID, Record ID) when you can; then renames are harmless.")


def _show_usual_chance(made: Plan, settings: Settings) -> None:
    """Where no history tells open stages apart, a person can."""
    usual = [stage for stage in made.proposal.stages if stage.is_usual]
    if len(usual) > 1:
        file, _ = business_files(settings)
        click.echo(
            f"Probability: nothing tells {len(usual)} open stages apart, so each has {usual[0].probability:.0%}. For your own: "
            f"`probability` (0 to 1) at each stage in {_short(file)}, then salesops run{options(settings)}"
        )


def show_kept(settings: Settings, name: str) -> None:
    """After a run that failed: what was confirmed is not lost, and can be changed."""
    folder = _short(company_folder(settings))
    click.echo(
        f"What you confirmed is kept in {folder} (contracts/{name}.yml, business/). As long as nothing is published, the same "
        "command with other options changes it.",
        err=True,
    )


def show_exports(made: Plan) -> None:
    """The files, their size and their day."""
    for export in made.exports:
        day = (
            f"as of {export.day} ({export.why_day})"
            if export.day != UNKNOWN_DAY
            else f"of a day that is known {export.why_day}"
        )
        click.echo(f"{export.peek.path.name}: {len(export.peek.rows):,} deals {day}")
    click.echo(f"  {made.newest.evidence[0]}\n")


def show_stages(made: Plan) -> None:
    """The stages of the files, those that are new to stages.yml only where that is written already."""
    stages = made.new_stages if made.contract is not None else made.proposal.stages
    grid(
        ("stage", "deals", "is", "probability", "because"),
        [(s.stage, f"{s.deals:,}", s.type or "NOT DECIDED", f"{s.probability:.0%}", s.why) for s in stages],
        numbers=("deals", "probability"),
    )


def show_written(paths: Sequence[Path]) -> None:
    """The files that were written."""
    for path in paths:
        click.echo(f"Wrote {_short(path)}")


def show_rejected(found: Sequence[Rehearsal]) -> None:
    """Records that cannot be taken, by reason, with the first line of each."""
    for one in found:
        for failure in one.failures:
            first = failure.first[0]
            click.echo(
                f"Left out: {failure.records:,} records of {Path(one.file).name} ({failure.object}): {failure.reason}; first: "
                f"line {first.line}, {failure.column or 'the whole line'}: {printable(first.value[:60])!r}"
            )


def show_page(page: FirstPage, moved: Movement | None, currency: str, files: int, settings: Settings) -> None:
    """The first page; what is not known says why."""
    quarter = f"{page.fiscal_year}-Q{page.fiscal_quarter}"
    click.echo(f"\nAs of {page.as_of}, fiscal quarter {quarter}, in {currency}")
    for name, text in _lines(page, moved):
        click.echo(f"  {name:<10}{text}")
    if page.deals:
        grid(
            ("  deal", "stage", "owner", "amount", "close date", "why"),
            [
                (
                    "  " + deal.name[:40],
                    deal.stage,
                    deal.owner or "",
                    _money(deal.amount),
                    str(deal.close_date or ""),
                    deal.why,
                )
                for deal in page.deals
            ],
            numbers=("amount",),
        )
    click.echo(f"  {'Next':<10}{_next(page, files)}")
    home = options(settings)
    click.echo(f"\nNext week: salesops start{home} NEWFILE (asks nothing, shows what moved).")
    click.echo(f"More: {_short(settings.home.plan_book)} (the plan book), salesops status{home}")


def _lines(page: FirstPage, moved: Movement | None) -> list[tuple[str, str]]:
    return [
        (
            "Target",
            _money(page.target) if page.target is not None else "not known (no target for this quarter: add --target N)",
        ),
        ("Closed", _closed(page)),
        ("Open", _open(page)),
        ("Win rate", _win_rate(page)),
        ("Movement", _moves(moved)),
        ("Slippage", _slippage(moved)),
        ("Look at", _look(page)),
    ]


def _closed(page: FirstPage) -> str:
    if not page.ever_closed_n:
        return "not known (the file holds no closed deal; export won and lost ones too)"
    text = f"{_money(page.closed_amount or Decimal(0))} in {page.closed_n:,} deals won this quarter"
    if page.target:
        text += f", {(page.closed_amount or Decimal(0)) / page.target:.0%} of the target"
    return text


def _open(page: FirstPage) -> str:
    if not page.open_n:
        return "nothing (the file holds no open deal)"
    due = f"{page.due_n:,} of them ({_money(page.due_amount or Decimal(0))}) are to close by the end of the quarter"
    return f"{_money(page.open_amount or Decimal(0))} in {page.open_n:,} deals; {due}"


def _win_rate(page: FirstPage) -> str:
    if page.win_rate is None:
        return "not known (no deal was won or lost in the last twelve months)"
    low, high = page.win_rate_low or 0.0, page.win_rate_high or 0.0
    sure = f"95 % sure: {low:.0%} to {high:.0%}"
    return f"{page.win_rate:.0%} ({sure}), {page.won_n:,} won of {page.decided_n:,} closed in the last twelve months"


def _moves(moved: Movement | None) -> str:
    if moved is None:
        return "not known (one file so far; the next one shows what moved)"
    parts = [f"{move.deals:,} {WORDS[move.kind]} ({_money(move.amount or Decimal(0))})" for move in moved.moves]
    return f"from {moved.since} to {moved.until}: {'; '.join(parts) or 'nothing'}"


def _slippage(moved: Movement | None) -> str:
    if moved is None or moved.slippage is None:
        have = "two files" if moved is not None else "one file"
        return f"not known ({have} so far; it takes three)"
    slip = moved.slippage
    if not slip.due:
        return f"not known (in {moved.exports} files no open deal was to close before the next)"
    rest = slip.due - slip.won - slip.lost - slip.pushed
    text = f"of {slip.due:,} deals that were to close before the next file {slip.won:,} were won, {slip.lost:,} lost"
    return f"{text}, {slip.pushed:,} pushed ({slip.pushed / slip.due:.0%})" + (f", {rest:,} left as they were" if rest else "")


def _look(page: FirstPage) -> str:
    parts = [f"{page.overdue_n:,} past their close date", f"{page.no_amount_n:,} without an amount"]
    if page.long_open_n is None:
        parts.append("open for long: not known (no create dates, or nothing won yet)")
    else:
        parts.append(
            f"{page.long_open_n:,} more open for over {2 * (page.usual_days or 0):.0f} days (twice what won ones took)"
        )
    return "; ".join(parts)


def _next(page: FirstPage, files: int) -> str:
    """The one thing that would show most: closed deals first, then history, quotas, activities, sizes of accounts."""
    if not page.ever_closed_n:
        return "export won and lost deals too: win rate, bookings and a forecast follow from them"
    if files < 2:
        return "the stage history (OpportunityHistory.csv), or simply this report again next week: movement, then slippage"
    if not page.has_quotas:
        return "quotas (ForecastingQuota.csv): attainment by seller, and what the team can carry"
    if not page.has_activities:
        return "activities (Task.csv, Event.csv): which deals nobody works on"
    if not page.has_sized_accounts:
        return "accounts with their employees (Account.csv): segments, and where you win more often"
    return "the plan: salesops plan show"


def _line(label: str) -> str:
    """A label in one line: a header's cell may hold several."""
    return " ".join(label.split())


def _remarks(notes: Sequence[str]) -> list[str]:
    """Of the evidence what a person should look at: doubtful matches and empty cells."""
    return [note for note in notes if note.startswith(("by its spelling", "empty in"))]


def _said(value: object) -> str:
    return " ".join(repr(item) if item in " ,." else str(item) for item in value) if isinstance(value, list) else repr(value)


def _money(amount: Decimal | None) -> str:
    return "not known" if amount is None else f"{amount:,.0f}"


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
