"""`doorsync company`: set up companies from files, list them, and let their agents in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorsync.hub.entry.commands.bootstrap import hub_ready
from doorsync.hub.entry.commands.user import Between, Cards, DryRun, Encoding, Json, Yes
from doorsync.hub.users.card_formats import CardFormat

if TYPE_CHECKING:
    from doorsync.hub.entry.commands.confirmation import Agreement
    from doorsync.hub.imports.parsing import Reading

app = typer.Typer(no_args_is_help=True, help="Set up companies from files, list them, let their agents in.")


@app.command()
def load(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[Path, typer.Argument(help="The company file (YAML).")],
    code_stdin: Annotated[
        bool, typer.Option("--code-stdin", help="Read a new company's security code from standard input, one line.")
    ] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read new administrators' passwords from standard input, a line each.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    yes: Yes = False,
    encoding: Encoding = "",
    separator: Between = None,
    cards: Cards = CardFormat.DECIMAL,
) -> None:
    """Make a company what its file says. Loading the same file again changes nothing.

    All faults of the file are told at once, with their lines; then nothing is written. What the file does not name stays as it
    is; users and rights that it no longer names are removed only if it says 'complete: true'. You see what it would do, and
    are asked. A small file to begin with:

        company: {slug: harbour-gym, name: Harbour Gym}
        locations: [{name: Harbour, time_zone: Europe/Amsterdam}]
        administrators: [{username: anna}]

    Example: doorsync company load harbour-gym.yaml
    """
    with hub_ready():
        from doorsync.hub.entry.commands.confirmation import faults_as_json, tell_held_back, tell_summary
        from doorsync.hub.entry.commands.prompts import Asked
        from doorsync.hub.imports.company_load import load_company
        from doorsync.hub.imports.parsing import CsvOptions, read_company_file

        with faults_as_json(as_json):
            reading = read_company_file(file, CsvOptions(encoding=encoding, separator=separator, cards=cards))
            agreement = _agreed(reading, dry_run=dry_run, as_json=as_json, yes=yes)
        if agreement.go_on:
            loaded = load_company(reading, Asked(code_stdin, password_stdin))
            if not as_json:
                typer.echo(f"{loaded.company.name} ({loaded.company.slug})")
            tell_summary(loaded.summary, as_json=as_json, told=agreement.told)
            tell_held_back(loaded.company)


def _agreed(reading: Reading, *, dry_run: bool, as_json: bool, yes: bool) -> Agreement:
    """A company that is not there yet has nobody who could lose anything: nothing is asked, unless names look wrong."""
    from doorsync.hub.companies.models import Company
    from doorsync.hub.entry.commands.confirmation import is_agreed
    from doorsync.hub.entry.commands.prompts import at_keyboard
    from doorsync.hub.imports.trial import try_company

    if not dry_run and not Company.objects.filter(slug=reading.file.company.slug).exists():
        return _agreed_for_new(reading, ask=at_keyboard() and not as_json and not yes)
    return is_agreed(lambda: try_company(reading), dry_run=dry_run, as_json=as_json, yes=yes)


def _agreed_for_new(reading: Reading, *, ask: bool) -> Agreement:
    from doorsync.hub.entry.commands.confirmation import Agreement
    from doorsync.hub.imports.double_encoding import double_encoded_people

    warnings = [*reading.double_encoded, *double_encoded_people(reading.people)]
    for warning in warnings:
        typer.echo(warning, err=True)
    return Agreement(not (warnings and ask) or typer.confirm("Go on?"), frozenset(warnings))


@app.command("list")
def list_all() -> None:
    """List all companies with their numbers of locations, terminals and users.

    Example: doorsync company list
    """
    with hub_ready():
        from doorsync.hub.entry.lookups import company_lines

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
        from doorsync.hub.entry.lookups import agent_of
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
        from doorsync.hub.entry.lookups import RISK, company_of

        found, actor = company_of(company)
        allow_compatible_tokens(company=found, allowed=allow, actor=actor)
        told = f"work for 12 hours and again and again: {RISK}" if allow else "work once, and only for some minutes"
        typer.echo(f"Sign-in links of {found.slug} now {told}.")


@app.command()
def programs(
    company: Annotated[str, typer.Argument(help="The company's short name.")],
    branches: Annotated[
        bool | None, typer.Option("--branches/--no-branches", help="Whether users and groups have locations.")
    ] = None,
    question_marks: Annotated[
        bool | None, typer.Option("--question-marks/--all-characters", help="Whether characters above 255 become '?'.")
    ] = None,
    alt_id: Annotated[
        int | None, typer.Option(help="The info field (1 to 14) that holds a program's own ids, wsAltUserId.")
    ] = None,
    head: Annotated[str, typer.Option(help="The company whose security code this one's programs use.")] = "",
    store: Annotated[int | None, typer.Option(help="The number under which they name this company; with --head.")] = None,
) -> None:
    """Say what programs that use the SOAP service find of a company. Without options: show it.

    Example: doorsync company programs harbour-gym --alt-id 1
    """
    with hub_ready():
        from doorsync.hub.entry.lookups import company_of
        from doorsync.hub.entry.program_settings import change_program_settings, program_settings

        found, actor = company_of(company)
        change_program_settings(
            company=found,
            branches=branches,
            question_marks=question_marks,
            alt_id=alt_id,
            head=company_of(head)[0] if head else None,
            store=store,
            actor=actor,
        )
        for line in program_settings(found):
            typer.echo(line)
