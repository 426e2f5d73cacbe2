"""`doorsync admin`: add administrators, give them new passwords, and take away a second factor that was lost."""

from __future__ import annotations

from typing import Annotated

import typer

from doorsync.hub.entry.commands.bootstrap import hub_ready

app = typer.Typer(no_args_is_help=True, help="Add administrators, give them new passwords, reset a second factor.")
Company = Annotated[str, typer.Option(help="The company's short name.")]
Username = Annotated[str, typer.Argument(help="The name that the administrator signs in with.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")]


@app.command()
def add(
    username: Username,
    company: Company,
    name: Annotated[str, typer.Option(help="The name that others see.")] = "",
    sees_credentials: Annotated[bool, typer.Option(help="Whether cards and PINs are shown to this administrator.")] = False,
    level: Annotated[str, typer.Option(help="What they may do: owner, manager, front-desk or observer.")] = "owner",
    location: Annotated[list[str] | None, typer.Option(help="Limit them to this location; may be repeated.")] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Add an administrator. The password is asked for.

    Example: doorsync admin add anna --company harbour-gym --name "Anna de Vries" --level front-desk --location Harbour
    """
    with hub_ready():
        from doorsync.hub.administrators.actions import create_administrator
        from doorsync.hub.administrators.rules import Role
        from doorsync.hub.entry.commands.prompts import Asked
        from doorsync.hub.entry.lookups import company_of, level_named, locations_named

        found, actor = company_of(company)
        role = Role(level_named(level), locations_named(found, location) if location else None)
        password = Asked(password_stdin=password_stdin).password(username)
        create_administrator(
            company=found,
            username=username,
            password=password,
            name=name,
            sees_credentials=sees_credentials,
            role=role,
            actor=actor,
        )
        typer.echo(f"{username} can sign in to {found.name}.")


@app.command()
def passwd(username: Username, company: Company, password_stdin: PasswordStdin = False) -> None:
    """Give an administrator a new password, and end what the old one opened.

    Example: doorsync admin passwd anna --company harbour-gym
    """
    with hub_ready():
        from doorsync.hub.administrators.actions import change_password
        from doorsync.hub.entry.commands.prompts import Asked
        from doorsync.hub.entry.lookups import administrator_of

        found, actor = administrator_of(company, username)
        password = Asked(password_stdin=password_stdin).password(username)
        change_password(administrator=found, password=password, actor=actor)
        typer.echo(f"{username} has a new password. Sign-ins with the old one have ended.")


@app.command()
def reset_second_factor(username: Username, company: Company) -> None:
    """Take away the second factor and the passkeys of an administrator who lost them, and end what they opened.

    Example: doorsync admin reset-second-factor anna --company harbour-gym
    """
    with hub_ready():
        from doorsync.hub.administrators.second_factor import reset_factor
        from doorsync.hub.entry.lookups import administrator_of

        found, actor = administrator_of(company, username)
        reset_factor(administrator=found, actor=actor)
        typer.echo(f"{username} has no second factor or passkey any more: the password is enough. Their sign-ins have ended.")
