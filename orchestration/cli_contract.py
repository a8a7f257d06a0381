"""`salesops contract`: drafts a contract from a file, and says whether contracts can be used."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from orchestration.cli_options import with_company
from orchestration.settings import Settings
from warehouse.errors import ConfigurationError, ContractError, SalesOpsError


@click.group()
def contract() -> None:
    """Draft a contract from a file that has none, and check contracts before a run does."""


@contract.command()
@click.argument("file")
@click.option(
    "--object",
    "object_name",
    metavar="OBJECT",
    help="What its records are, such as salesforce.Opportunity; or a table of your own: mine.visits.",
)
@click.option("--out", metavar="FILE.yml", help="Where the draft goes [default: the terminal]")
@click.option("--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="Order of day, month and year, if you know it.")
@click.option("--decimals", type=click.Choice([",", "."]), help="Decimal mark, if you know it.")
def new(file: str, object_name: str | None, out: str | None, dates: str | None, decimals: str | None) -> int:
    """Draft a contract from a CSV, Excel, JSON lines or Parquet file, for you to read and edit.

    This is the only place that guesses. Each choice stands beside its evidence; what the file does not decide is left to you.
    """
    from ingestion import draft, peek, survey
    from ingestion.column_formats import Choices
    from warehouse.files import write_whole

    found = survey.survey(peek.peek(Path(file)), object_name, Choices(dates, decimals))
    text = draft.draft(found, draft.naming(found.peek, found.main.object))
    if out is None:
        click.echo(text, nl=False)
        return 0
    target = Path(out)
    if target.exists():
        raise ConfigurationError(
            "This file exists already, and may be somebody's work", str(target), "name another one with --out"
        )
    write_whole(target, text)
    total = len(found.peek.header)
    click.echo(f"Wrote {target}: {found.main.object}, {total - len(found.unmapped)} of {total} columns mapped. Next:")
    if found.undecided:
        names = ", ".join(repr(item.label) for item in found.undecided)
        click.echo(f"  decide what the file does not: {names} (look for UNDECIDED)")
    near = [
        f"{item.label!r} as {item.column}"
        for item in found.main.columns
        if any("by its spelling" in note for note in item.notes)
    ]
    if near:
        click.echo(f"  confirm what was mapped by its spelling only: {', '.join(near)}")
    about = [f"{item.label!r} ({item.classification})" for item in found.main.columns if item.classification]
    if about:
        click.echo(f"  confirm who the columns are about: {', '.join(about)}")
    if found.key_note:
        click.echo(f"  look at the key: {found.key_note}")
    click.echo(f"  salesops contract check {shlex.quote(str(target))}")
    return 0


@contract.command()
@click.argument("files", nargs=-1, metavar="[FILE.yml|FOLDER]...")
@with_company
def check(files: tuple[str, ...], home: str | None, sources: str | None) -> int:
    """Say what is wrong with contracts (file, line, key, what to write), or what each of them claims.

    Of a folder, every contract in it. Without files: every contract of the company folder, together with the built-in ones.
    """
    from ingestion import contract_reader

    settings = Settings.find(home, None, sources)
    folder = settings.sources / "contracts" if settings.sources is not None else None
    paths = [path for file in files for path in _contracts_of(Path(file))]
    if not files:
        if folder is None or not folder.is_dir():
            raise ConfigurationError(
                "There is no company folder with contracts",
                str(folder or settings.home.company),
                "name one with --sources, or a contract",
            )
        paths = sorted(folder.glob("*.y*ml"))
    wrong = 0
    ids: dict[str, Path] = {}
    for path in paths:
        try:
            found = contract_reader.read(path)
            if ids.setdefault(found.id, path) != path and files:
                raise ContractError(
                    f"Two contracts have the id {found.id!r}", f"{path}, and {ids[found.id]}", "give each its own id"
                )
        except SalesOpsError as error:
            wrong += 1
            click.echo(f"Wrong: {error}")
            continue
        objects = ", ".join(dict.fromkeys(entry.object for entry in found.entries))
        claims = ", ".join(dict.fromkeys(server.path for server in found.servers))
        click.echo(f"Fine: {path} ({found.id}) claims {claims} in the inbox and feeds {objects}.")
    if not wrong and not files:
        try:
            settings.contracts()
        except ContractError as error:
            wrong += 1
            click.echo(f"Wrong: {error}")
    if wrong:
        click.echo(f"{wrong} of {len(paths)} contracts cannot be used.", err=True)
    return ContractError.exit_code if wrong else 0


def _contracts_of(path: Path) -> list[Path]:
    """A contract itself; of a folder, or of a company folder, the contracts in it."""
    if not path.is_dir():
        return [path]
    found = next((paths for folder in (path, path / "contracts") if (paths := sorted(folder.glob("*.y*ml")))), [])
    if not found:
        raise ConfigurationError("The folder holds no contract", str(path), "name a folder with *.yml, or a contract")
    return found
