"""The `doorsync` command."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.callback()
def _commands() -> None:
    """Keep a company's people and the memory of its door terminals the same."""


def main() -> None:
    """Run the command line."""
    app()
