"""`doorsync hub`: run the hub, and check its settings."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Run the hub, check its settings.")


@app.command()
def run() -> None:
    """Run the hub until Ctrl-C. Brings its database up to date first.

    Settings come from the environment: DOORSYNC_HOST, DOORSYNC_PORT, DOORSYNC_DATA, DOORSYNC_PUBLIC_URL and others; see
    docs/reference/settings.md.

    Example: DOORSYNC_DATA=/var/lib/doorsync DOORSYNC_PUBLIC_URL=https://doorsync.example.com doorsync hub run
    """
    from doorsync.hub.entry import readiness, serving
    from doorsync.hub.entry.commands.starting import failure

    try:
        serving.run(lambda origin: typer.echo(f"The Doorsync hub answers at {origin}"))
    except readiness.NotReady as error:
        raise failure(str(error)) from None


@app.command()
def check() -> None:
    """Say what is wrong with the settings, all of it, and what to do. Changes nothing but what `hub run` would.

    Example: doorsync hub check
    """
    from doorsync.hub.entry import readiness

    found = list(readiness.problems())
    for problem in found:
        typer.echo(problem, err=True)
    if found:
        raise typer.Exit(1)
    typer.echo("The settings are right.")
