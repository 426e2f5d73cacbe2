"""`doorsync user`: bring users in from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorsync.hub.entry.commands.starting import hub_ready

app = typer.Typer(no_args_is_help=True, help="Bring users in from a CSV file.")


@app.callback()
def users() -> None:
    """Bring users in from a CSV file."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The CSV file, as a spreadsheet saves it.")],
    company: Annotated[str, typer.Option(help="The company's short name.")],
    complete: Annotated[bool, typer.Option("--complete", help="Remove users whom the file does not name.")] = False,
) -> None:
    """Add and change users: all rows of the file, or with an error in one of them, none.

    The first row names the columns: id, first_name, last_name, groups, cards, pin, starts, expires; only id and last_name
    must be there. Several groups or cards stand in one cell with | between them. A user is known by the id again.

        id;first_name;last_name;groups;cards;expires
        4711;Anna;de Vries;Members|Early birds;1234567890;2026-12-31

    Example: doorsync user import people.csv --company harbour-gym
    """
    with hub_ready():
        from doorsync.hub.entry.company_file.importing import import_people
        from doorsync.hub.entry.listing import company_of

        found, actor = company_of(company)
        for line in import_people(company=found, path=file, complete=complete, actor=actor).lines():
            typer.echo(line)
