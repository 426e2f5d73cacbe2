"""`doorsync user`: bring users in from a CSV file, and take along all that is known of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorsync.hub.entry.commands.bootstrap import hub_ready
from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.files.separators import Separator

app = typer.Typer(no_args_is_help=True, help="Bring users in from a CSV file; export a person's data.")
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what it would do, and do nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Say it as JSON, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; also when somebody loses access to a door.")]
Encoding = Annotated[str, typer.Option(help="The CSV file's encoding, such as cp1252, when it is not UTF-8.")]
Between = Annotated[
    Separator | None, typer.Option("--separator", help="What stands between the cells of the CSV file, when it is not found.")
]
Cards = Annotated[CardFormat, typer.Option("--card-format", help="How the CSV file writes cards.")]


@app.callback()
def users() -> None:
    """Bring users in from a CSV file; export a person's data."""


@app.command("import")
def import_file(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[Path, typer.Argument(help="The CSV file, as a spreadsheet saves it.")],
    company: Annotated[str, typer.Option(help="The company's short name.")],
    complete: Annotated[bool, typer.Option("--complete", help="Remove users whom the file does not name.")] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    yes: Yes = False,
    encoding: Encoding = "",
    separator: Between = None,
    cards: Cards = CardFormat.DECIMAL,
) -> None:
    """Add and change users: all rows of the file, or with an error in one of them, none.

    The first row names the columns: id, first_name, insertion, last_name, groups, cards, pin, qr, licence_plates, starts,
    expires, active, visitor, email, phone; only id must be there.
    What the file has no column for stays as it is; an empty cell empties. Several groups or cards stand in one cell with |
    between them. A user is known by the id again. You see what it would do, and are asked.

        id;first_name;last_name;groups;cards;expires
        4711;Anna;de Vries;Members|Early birds;1234567890;2026-12-31

    Example: doorsync user import people.csv --company harbour-gym --dry-run
    """
    with hub_ready():
        from doorsync.hub.entry.commands.confirmation import faults_as_json, is_agreed, tell_held_back, tell_summary
        from doorsync.hub.entry.lookups import company_of
        from doorsync.hub.imports.parsing import CsvOptions
        from doorsync.hub.imports.preview import Tried
        from doorsync.hub.imports.summary import Summary
        from doorsync.hub.imports.user_import import prepare_import

        found, actor = company_of(company)
        options = CsvOptions(encoding=encoding, separator=separator, cards=cards)
        with faults_as_json(as_json):
            ready, named = prepare_import(company=found, path=file, complete=complete, actor=actor, options=options)
        agreement = is_agreed(lambda: Tried(ready.preview(named)), dry_run=dry_run, as_json=as_json, yes=yes)
        if agreement.go_on:
            summary = Summary()
            ready.write(summary)
            tell_summary(summary, as_json=as_json, told=agreement.told)
            tell_held_back(found)


@app.command("export")
def export_data(
    company: Annotated[str, typer.Argument(help="The company's short name.")],
    number: Annotated[int, typer.Argument(help="The person's number.")],
    show_credentials: Annotated[
        bool, typer.Option("--show-credentials", help="Cards, PINs and QR codes in clear; otherwise masked.")
    ] = False,
) -> None:
    """Write all that the hub has of one person to standard output, as JSON.

    Example: doorsync user export harbour-gym 4711 > person.json
    """
    with hub_ready():
        from django_scopes import scope

        from doorsync.hub.administrators.rules import CredentialView
        from doorsync.hub.entry.lookups import company_of, user_of
        from doorsync.hub.privacy.export import export_person

        found, actor = company_of(company)
        view = CredentialView.SHOWN if show_credentials else CredentialView.MASKED
        with scope(company=found):
            made = export_person(user=user_of(number), view=view, actor=actor)
        typer.echo(made.model_dump_json(indent=1))
