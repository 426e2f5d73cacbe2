"""`doorsync import`: bring people in from another system that is running."""

from __future__ import annotations

from typing import Annotated

import typer

from doorsync.hub.entry.commands.bootstrap import hub_ready
from doorsync.hub.entry.commands.user import DryRun, Json, Yes

app = typer.Typer(no_args_is_help=True, help="Bring people in from another system that is running.")


@app.callback()
def sources() -> None:
    """Bring people in from another system that is running."""


@app.command("esws")
def import_esws(  # options of a command
    address: Annotated[str, typer.Argument(help="The address of the ESWS service, with or without ?wsdl.")],
    company: Annotated[str, typer.Option(help="The short name of the company here.")],
    code_stdin: Annotated[
        bool, typer.Option("--code-stdin", help="Read the company's security code there from standard input, one line.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    yes: Yes = False,
) -> None:
    """Add and change users and groups as an ESWS service has them: everybody, or with an error in one of them, nobody.

    It asks there with getGroups and getUsers, and changes nothing there. Users keep their numbers, which are their keys in the
    terminals. Groups that are not here are made; they open nothing before somebody gives them rights. Nobody is removed. You see
    what it would do, and are asked.

    Example: doorsync import esws https://ws.example.com/webservicesesws --company harbour-gym --dry-run
    """
    with hub_ready():
        from doorsync.hub.entry.commands.confirmation import faults_as_json, is_agreed, tell_held_back, tell_summary
        from doorsync.hub.entry.commands.prompts import Asked
        from doorsync.hub.entry.lookups import company_of
        from doorsync.hub.imports.esws_import import prepare_esws_import
        from doorsync.hub.imports.esws_service import service_at
        from doorsync.hub.imports.preview import Tried
        from doorsync.hub.imports.summary import Summary

        found, actor = company_of(company)
        service = service_at(address, Asked(code_stdin).code("the company there"))
        with faults_as_json(as_json):
            ready = prepare_esws_import(company=found, service=service, actor=actor)
        besides = Summary()
        besides.add("added", "group", len(ready.missing))
        agreement = is_agreed(lambda: Tried(ready.preview(), besides), dry_run=dry_run, as_json=as_json, yes=yes)
        if agreement.go_on:
            summary = Summary()
            ready.write(summary)
            tell_summary(summary, as_json=as_json, told=agreement.told)
            tell_held_back(found)
