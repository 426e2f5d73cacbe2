"""`doorsync company`: set up companies from files, list them, and let their agents in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorsync.hub.entry.commands.starting import hub_ready

app = typer.Typer(no_args_is_help=True, help="Set up companies from files, list them, let their agents in.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="The company file (YAML).")],
    code_stdin: Annotated[
        bool, typer.Option("--code-stdin", help="Read a new company's security code from standard input, one line.")
    ] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read new administrators' passwords from standard input, a line each.")
    ] = False,
) -> None:
    """Make a company what its file says. Loading the same file again changes nothing.

    All faults of the file are told at once, with their lines; then nothing is written. Users and rights that the file no
    longer names are removed only if it says 'complete: true'. A small file to begin with:

        company: {slug: harbour-gym, name: Harbour Gym}
        locations: [{name: Harbour, time_zone: Europe/Amsterdam}]
        administrators: [{username: anna}]

    Example: doorsync company load harbour-gym.yaml
    """
    with hub_ready():
        from doorsync.hub.entry.commands.asking import Asked
        from doorsync.hub.entry.company_file.applying import load_company
        from doorsync.hub.entry.company_file.reading import read_company_file

        loaded = load_company(read_company_file(file), Asked(code_stdin, password_stdin))
        typer.echo(f"{loaded.company.name} ({loaded.company.slug})")
        for line in loaded.summary.lines():
            typer.echo(line)


@app.command("list")
def list_all() -> None:
    """List all companies with their numbers of locations, terminals and users.

    Example: doorsync company list
    """
    with hub_ready():
        from doorsync.hub.entry.listing import company_lines

        for line in company_lines():
            typer.echo(line)


@app.command("agent-code")
def agent_code(
    company: Annotated[str, typer.Argument(help="The company's short name.")],
    agent: Annotated[str, typer.Argument(help="The agent's name in the company file.")],
) -> None:
    """Make a code with which an agent brings its keys: it works once, within 10 minutes.

    Example: doorsync company agent-code harbour-gym "Harbour agent"
    Then, on the agent's machine: doorsync agent enrol https://doorsync.example.com
    """
    with hub_ready():
        from doorsync.hub.entry.listing import agent_of
        from doorsync.hub.terminals.enrolment import issue_code

        found, actor = agent_of(company, agent)
        typer.echo(issue_code(agent=found, actor=actor))


@app.command("compatible-tokens")
def compatible_tokens(
    company: Annotated[str, typer.Argument(help="The company's short name.")],
    allow: Annotated[bool, typer.Option("--allow/--forbid", help="Whether to take the risk.")],
) -> None:
    """Let a company's sign-in links work for 12 hours, again and again: A RISK, for programs that keep their links.

    Whoever finds such a link, in a log or a history, can sign in with it. Better let the program ask for a fresh token each time.
    Forbidden again, all such links stop to work at once. The audit keeps who allowed it.

    Example: doorsync company compatible-tokens harbour-gym --forbid
    """
    with hub_ready():
        from doorsync.hub.administrators.actions import allow_compatible_tokens
        from doorsync.hub.entry.listing import RISK, company_of

        found, actor = company_of(company)
        allow_compatible_tokens(company=found, allowed=allow, actor=actor)
        told = f"work for 12 hours and again and again: {RISK}" if allow else "work once, and only for some minutes"
        typer.echo(f"Sign-in links of {found.slug} now {told}.")
