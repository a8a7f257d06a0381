"""`salesops start`: a first answer from one downloaded export of deals."""

from __future__ import annotations

import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.cli_options import with_place
from orchestration.settings import Settings, parse_date
from warehouse.errors import CheckFailedError, ConfigurationError, SalesOpsError

if TYPE_CHECKING:
    from orchestration.launch import Outcome
    from orchestration.resources import Workplace
    from orchestration.start import Plan
    from orchestration.start_wishes import Wishes


# Those of salesforce.Opportunity, written down so that --help reads no file; a test holds them to the canonical schema.
COLUMNS = (
    "Id, AccountId, RecordTypeId, Name, Amount, CurrencyIsoCode, ExpectedRevenue, Probability, StageName, Type, LeadSource, "
    "NextStep, CloseDate, CreatedDate, LastModifiedDate, IsClosed, IsWon, ForecastCategoryName, CampaignId, OwnerId, "
    "HasOpportunityLineItem, LastActivityDate, LossReason, IsDeleted"
)
HOW_TO_CORRECT = (
    "Correct it by typing, such as: Amount = LABEL IN THE FILE (nothing after = if it has none); stage NAME = won (or lost, "
    "open); dates = dmy; decimals = ,; currency = EUR; fiscal = 4. Enter takes what is decided; q leaves."
)


@click.command()
@with_place
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--target", metavar="N", help="What is to be won this fiscal quarter, in the reporting currency.")
@click.option(
    "--yes", is_flag=True, help="Take the proposal; what the file does not decide is refused, with the option to add."
)
@click.option(
    "--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="Order of day, month and year, where the file leaves it open."
)
@click.option("--decimals", type=click.Choice([",", "."]), help="Decimal mark, where the file leaves it open.")
@click.option("--stage", "stages", multiple=True, metavar="NAME=TYPE", help="What a stage is: open, won or lost.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="COLUMN=LABEL",
    help=f"Which column of the file is meant, such as Amount=TCV; nothing after = where it has none. COLUMN: {COLUMNS}.",
)
@click.option("--currency", metavar="CODE", help="Reporting currency, such as EUR.")
@click.option("--fiscal-start", metavar="MONTH", help="Month in which the fiscal year starts, 1 to 12.")
@click.option("--date", metavar="DATE", help="The day of the export [default: from its name, else its newest record]")
@click.option("--full", "is_full", is_flag=True, help="Each file holds every deal: one that is missing was deleted.")
@click.option(
    "--name", default="deals", show_default=True, help="What this export is called, in the inbox and in the contract."
)
@click.option("--accept", metavar="REASON", default="", help="Publish although rules of accuracy fail; kept in the ledger.")
def start(
    home: str | None,
    inbox: str | None,
    sources: str | None,
    files: tuple[str, ...],
    target: str | None,
    yes: bool,
    dates: str | None,
    decimals: str | None,
    stages: tuple[str, ...],
    columns: tuple[str, ...],
    currency: str | None,
    fiscal_start: str | None,
    date: str | None,
    is_full: bool,
    name: str,
    accept: str,
) -> int:
    """From an export of deals, as downloaded from a CRM's screen, to a first answer.

    \b
    Shows how it would read the file (columns, stages, currency, fiscal year), asks, writes a contract and business files
    into the company folder, copies the file into the inbox, runs the pipeline and prints what it found. Again with the
    next file: asks nothing, shows what moved.
    """
    from ingestion import draft
    from orchestration import start as steps
    from orchestration import start_messages as say
    from orchestration.start_wishes import Wishes, currency_code, month_number

    settings = Settings.find(home, inbox, sources)
    if draft.slug(name) != name:
        raise ConfigurationError(f"{name!r} cannot be a name", "--name", f"write {draft.slug(name)!r}")
    wishes = Wishes(
        name=name,
        dates=dates,
        decimals=decimals,
        currency=currency_code(currency) if currency else None,
        fiscal_start=month_number(fiscal_start) if fiscal_start else None,
        is_full=is_full,
        date=parse_date(date, "--date") if date else None,
    )
    for pair in stages:
        left, _, right = pair.rpartition("=")
        wishes = wishes.corrected(f"stage {left} = {right}")
    for pair in columns:
        wishes = wishes.corrected(pair)
    amount = _amount(target)
    made = steps.plan(settings, [Path(file) for file in files], wishes)
    if made.contract is None or made.new_stages:
        made, wishes = _agreed(settings, made, wishes, [Path(file) for file in files], yes)
    else:
        say.show_exports(made)
        click.echo(f"Read as {settings.sources or settings.home.company}/contracts/{name}.yml says; nothing to ask.")
    return _carry_out(settings, made, wishes, amount, accept, yes)


def _agreed(settings: Settings, made: Plan, wishes: Wishes, files: list[Path], yes: bool) -> tuple[Plan, Wishes]:
    """Show the proposal until the person takes it; with --yes once, and refuse what is undecided."""
    from orchestration import start_messages as say

    while True:
        if made.contract is None:
            say.show_proposal(made, settings)
        else:
            click.echo("The file has stages that business/stages.yml does not list:")
            say.show_stages(made)
        # A report without owners is answered all the same; without amounts little is, so a column of numbers is asked about.
        open_points = made.undecided(may_miss=("OwnerId",) if yes else ())
        if yes and open_points:
            raise ConfigurationError(
                f"The file does not decide: {'; '.join(open_points)}", str(files[-1]), "add the option that stands in brackets"
            )
        if yes:
            return made, wishes
        for point in open_points:
            click.echo(f"To decide: {point}")
        click.echo(HOW_TO_CORRECT)
        corrected = _corrected(settings, made, wishes, files)
        if corrected is None:
            return made, wishes
        made, wishes = corrected


def _corrected(settings: Settings, made: Plan, wishes: Wishes, files: list[Path]) -> tuple[Plan, Wishes] | None:
    """One correction that can be used; None where the person takes the proposal as it is."""
    from orchestration import start as steps

    while True:
        text = click.prompt(
            "Correction" if made.undecided() else "Correction, or Enter", default="", show_default=False
        ).strip()
        if text.casefold() in ("q", "quit"):
            click.echo("Nothing was written.")
            raise click.exceptions.Abort
        if not text and not made.undecided():
            return None
        try:
            wished = wishes.corrected(text)
            return steps.plan(settings, files, wished), wished
        except SalesOpsError as error:
            click.echo(str(error))


def _carry_out(settings: Settings, made: Plan, wishes: Wishes, target: Decimal | None, reason: str, yes: bool) -> int:
    from orchestration import start as steps
    from orchestration import start_answer, start_files
    from orchestration import start_messages as say
    from orchestration.resources import Workplace

    settings.home.create()
    written = steps.write(settings, made)
    if made.contract is None:
        settings = Settings(settings.home, settings.inbox, start_files.company_folder(settings))
    try:
        rehearsed = steps.rehearsals(settings, made, wishes)
    except SalesOpsError:
        steps.take_back(made, written)
        raise
    steps.keep(settings, made, written)
    say.show_written(written)
    steps.place(settings, made, wishes)
    day = max(start_answer.days(settings, wishes))
    if target is not None:
        start_files.write_target(settings, f"{target:f}", start_answer.quarter(settings, day), day)
    say.show_rejected(rehearsed)
    place = Workplace(
        home=str(settings.home.root), inbox=str(settings.inbox), sources=str(settings.sources), as_of=day.isoformat()
    )
    try:
        outcome = _published(settings, place, reason, yes)
    except SalesOpsError:
        if made.contract is None:
            say.show_kept(settings, wishes.name)
        raise
    click.echo(f"{outcome.headline} ({outcome.seconds:.0f} s)")
    for name, why in outcome.held:
        click.echo(f"Held back: {name}: {why}")
    page, moved, currency, files = start_answer.answer(settings, wishes, day)
    say.show_page(page, moved, currency, files, settings)
    return outcome.exit_code


def _published(settings: Settings, place: Workplace, reason: str, yes: bool) -> Outcome:
    """Run; where only accuracy rules stand in the way, a person may accept them, each by name and with a reason."""
    from orchestration import launch, messages, progress, start_answer, steps

    while True:
        try:
            with progress.shown():
                return launch.run(place)
        except CheckFailedError as error:
            rules = start_answer.failing(settings)
            if not rules or any(rule.severity != "warn" for rule in rules):
                raise
            click.echo("Not published yet, because the export breaks rules of accuracy:")
            for rule in rules:
                click.echo(f"  {rule.name}: {rule.question} {rule.detail}. {rule.how_to_fix}")
            said = reason or ("" if yes else _reason())
            if not said:
                docs = settings.home.reports / "data_docs" / "index.html"
                raise CheckFailedError(
                    f"{len(rules)} rule(s) of accuracy do not let the export be published",
                    f"the rows are listed in {docs}",
                    "mend them in the CRM and export again; or accept the rules for now: the same command with "
                    f'--accept "why"; later `salesops validate{messages.options(settings)} --withdraw RULE`',
                ) from error
            for rule in rules:
                steps.accept(settings, rule.name, said, os.environ.get("USER") or "unknown")


def _reason() -> str:
    text = click.prompt(
        "Publish all the same? Type the reason (it is kept), or Enter to leave it", default="", show_default=False
    )
    return str(text).strip()


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text.replace(",", "").replace("_", "").replace("'", ""))
    except InvalidOperation as error:
        raise ConfigurationError(f"{text!r} is no amount", "--target", "write a number, such as 1500000") from error
    if not amount.is_finite() or amount < 0 or amount >= Decimal("1e15"):
        raise ConfigurationError(f"{text!r} is no target", "--target", "write an amount of money, zero or more")
    return amount.quantize(Decimal("0.01"))
