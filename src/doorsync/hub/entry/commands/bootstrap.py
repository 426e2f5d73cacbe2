"""Sets up each command of the hub (settings, Django, migrated database) and prints its errors as one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def hub_ready() -> Iterator[None]:
    """Set up the hub's side for the block. What people can mend is told in a line on stderr, with exit code 1."""
    from doorsync.hub.entry import startup

    try:
        startup.set_up()
        with errors_told():
            yield
    except startup.NotReady as error:
        raise exit_with(str(error)) from None


@contextmanager
def errors_told() -> Iterator[None]:
    """Print errors that have a message for people, with exit code 1."""
    from django.db import OperationalError

    from doorsync.hub.access.errors import AccessError
    from doorsync.hub.administrators.errors import AdministratorError
    from doorsync.hub.companies.errors import CompanyError
    from doorsync.hub.companies.text_checks import NotStorable
    from doorsync.hub.imports.user_import import ImportStopped
    from doorsync.hub.terminals.errors import TerminalsError
    from doorsync.hub.users.errors import UserError
    from doorsync.hub.users.files.file_faults import FileFaults

    try:
        yield
    except FileFaults as error:
        count = len(error.faults)
        raise exit_with(f"{error}\n{count} {'fault' if count == 1 else 'faults'}. Nothing was changed.") from None
    except ImportStopped as error:
        raise exit_with(str(error)) from None
    except (AccessError, AdministratorError, CompanyError, TerminalsError, UserError) as error:
        raise exit_with(f"{error} Nothing was changed.") from None
    except NotStorable as error:
        raise exit_with(f"{error} Nothing was changed.") from None
    except OperationalError:
        raise exit_with("The database went away, or is busy with another program. Nothing was changed: try again.") from None


def exit_with(message: str) -> typer.Exit:
    """Print the text on stderr, and return the exception to raise."""
    typer.echo(message, err=True)
    return typer.Exit(1)
