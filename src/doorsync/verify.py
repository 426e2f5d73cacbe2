"""The `doorsync verify` command: check a revocation receipt anywhere, without a hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from doorsync.messages.keys import typed
from doorsync.messages.revocation_file import LARGEST, DoorVerdict, NoReceipt, Verdict, check_receipt

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The file that was saved as JSON on the page of a revocation.")],
    key: Annotated[
        list[str] | None, typer.Option(help="The fingerprint of an agent's keys, as `doorsync agent status` shows it. Several.")
    ] = None,
) -> None:
    """Check a revocation receipt: what each door's agent signed.

    Ends with 1 unless every door is shown to be without the person.
    """
    trusted = [typed(each) for each in key or []]
    if not all(trusted):
        _fail("A fingerprint has 20 letters and digits, like 7K2QM-0H5XN-T9B4C-W8D3E.")
    try:
        verdict = check_receipt(_read(file), trusted)
    except NoReceipt as error:
        _fail(str(error))
    _tell(verdict, trusted)
    raise typer.Exit(0 if verdict.is_out else 1)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        _fail(f"{file}: {error.strerror}.")
    if len(data) > LARGEST:
        _fail(f"{file} is too large to be a revocation receipt.")
    return data.decode("utf-8-sig", errors="replace")


def _tell(verdict: Verdict, trusted: list[str]) -> None:
    who = f"{verdict.name} (number {verdict.number})" if verdict.name else f"Number {verdict.number}"
    typer.echo(f"{who}, company {verdict.company}\n")
    for door in verdict.doors:
        typer.echo(f"  {_line(door)}")
    for name in verdict.waiting:
        typer.echo(f"  NOT OUT  {name}: it still had them when the file was made, or nobody knew")
    for name in verdict.present:
        typer.echo(f"  NOT OUT  {name}: they had access again when the file was made")
    keys = sorted({door.key for door in verdict.doors if door.at})
    if keys and not trusted:
        typer.echo(f"\nSigned with: {', '.join(keys)}. Compare with what `doorsync agent status` shows, or name it with --key.")
    typer.echo("\nOut of all these doors." if verdict.is_out else "\nNot shown to be out of all these doors.")


def _line(door: DoorVerdict) -> str:
    where = f"{door.door} ({door.serial})" if door.serial else door.door
    if door.fault:
        return f"NOT SHOWN  {where}: {door.fault}"
    how = "read back as out" if door.read_back else "removed by the terminal's own word, which shows nobody its memory"
    return f"OUT  {where}: {how} at {door.at}"


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
