"""Whether the hub can work with its settings: data folder, keys, database; and what to do when it cannot."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import IO, Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from doorsync.hub.settings.config import Config, config

KNOWN = {"DOORSYNC_DATABASE_URL_FILE", "DOORSYNC_NO_POOL", "DOORSYNC_CRASH_AT"}


class NotReady(Exception):
    """The hub cannot work like this."""


def set_up() -> None:
    """Settings, logs, Django, and a database that is up to date. Raises NotReady."""
    settings()
    check_folder()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorsync.hub.settings.django")
    import django
    from django.apps import apps

    from doorsync.hub.entry.logs import configure

    if not apps.ready:  # otherwise this is a part of another program, which has logs of its own
        configure()
    try:
        django.setup()
    except (OSError, ValueError) as error:  # a key file that cannot be read, or is none
        raise NotReady(f"The keys in {config().data / 'keys'} cannot be used: {error}") from error
    _migrate()


def settings() -> Config:
    """The settings. Raises NotReady with all that is wrong with them."""
    if strange := _strange():
        raise NotReady("\n".join(f"{name} is no setting. Perhaps its name is misspelt." for name in strange))
    try:
        return config()
    except ValidationError as error:
        raise NotReady("\n".join(f"DOORSYNC_{str(e['loc'][0]).upper()}: {e['msg']}." for e in error.errors())) from error
    except (SettingsError, OSError) as error:
        raise NotReady(f"The settings cannot be read: {error}.") from error


def _strange() -> list[str]:
    """What looks like a setting of the hub and is none. Those of agents and tests may stand beside them."""
    known = {f"DOORSYNC_{name.upper()}" for name in Config.model_fields} | KNOWN
    others = ("DOORSYNC_AGENT_", "DOORSYNC_TEST_")
    return sorted(
        name for name in os.environ if name.startswith("DOORSYNC_") and not name.startswith(others) and name not in known
    )


def problems() -> Iterator[str]:
    """Everything that `hub check` tells, one sentence each."""
    try:
        known = settings()
    except NotReady as error:
        yield from str(error).splitlines()
        return
    if known.demo and not is_loopback(known.host):
        yield f"DOORSYNC_HOST: the demo listens on loopback only, not on {known.host}."
    if not known.secure and not is_loopback(known.host):
        yield "DOORSYNC_PUBLIC_URL: people would reach the hub without TLS. Put a proxy with TLS before it; see docs."
    try:
        set_up()
    except NotReady as error:
        yield str(error)
    try:
        listening_socket(known).close()
    except NotReady as error:
        yield str(error)


def remarks() -> list[str]:
    """What the running hub saw of the proxy before it in the last days: whether it is still so, only the operator knows."""
    from doorsync.hub.administrators import proxy_faults

    return proxy_faults.remembered()


def check_folder() -> None:
    """The data folder can be written to, and by whom it belongs to. Raises NotReady."""
    folder = config().data
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
        if os.geteuid() == 0 and owner != 0:  # what root writes here, the hub's own account could not read
            raise NotReady(f"The data folder {folder} belongs to account {owner}. Run this as that account, not as root.")
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise NotReady(
            f"The data folder {folder} cannot be written to: {error.strerror}. Choose one with DOORSYNC_DATA."
        ) from error


def only_hub(known: Config) -> IO[str] | None:
    """SQLite's file is for one hub. Hold what comes back as long as it runs. Raises NotReady when another one does."""
    if known.database_url:
        return None
    held = (known.data / "hub.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise NotReady(f"Another hub runs in {known.data}. With SQLite there can be one only; PostgreSQL takes many.") from error
    return held


def listening_socket(known: Config) -> socket.socket:
    """Bound to host and port. Raises NotReady when somebody else listens there."""
    family = socket.AF_INET6 if ":" in known.host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((known.host, known.port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise NotReady(
            f"Cannot listen on {known.host} port {known.port}: {error.strerror}. "
            "End the other program, or choose another port with DOORSYNC_PORT (0 takes a free one)."
        ) from error
    return bound


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _migrate() -> None:
    """Bring the tables up to date. Several processes that start at once wait for each other."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    try:
        _reach(connection)
        with _alone(connection):
            if _pending(connection):
                call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise NotReady(f"The database cannot be used: {text}") from error


def _reach(connection: Any) -> None:
    """Ask PostgreSQL once without the pool, which would wait half a minute and then not say why."""
    from django.db.backends.base.base import NO_DB_ALIAS

    if connection.vendor == "postgresql":
        single = connection.copy(NO_DB_ALIAS)
        single.settings_dict["OPTIONS"]["connect_timeout"] = 5
        try:
            single.ensure_connection()
        finally:
            single.close()


def _pending(connection: Any) -> bool:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone(connection: Any) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(1)")
            try:
                yield
            finally:
                with suppress(Exception):  # a connection that broke has let go already
                    cursor.execute("SELECT pg_advisory_unlock(1)")
        return
    with (config().data / "migrating.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
