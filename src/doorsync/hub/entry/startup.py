"""Whether the hub can work with its settings: data folder, keys, database; and what to do when it cannot."""

from __future__ import annotations

import os
import socket
import tempfile
from ipaddress import ip_address
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import SettingsError

from doorsync.files.lock import AlreadyLocked, Lock, is_locked, take_lock
from doorsync.hub.entry import migration, ownership, unknown_settings
from doorsync.hub.entry.errors import NotReady
from doorsync.hub.settings import key_files
from doorsync.hub.settings.config import PREFIX, Config, config

__all__ = ["NotReady"]


def set_up() -> None:
    """Read the settings, set up logs and Django, and migrate the database if it is ours. Raises NotReady."""
    known = checked_settings()
    check_folder()
    check_keys()
    ownership.check_database(known)
    start_django()
    migration.migrate()


def start_django() -> None:
    """Set up logs and Django. Makes missing keys, so check the database first. Raises NotReady."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorsync.hub.settings.django")
    import django
    from django.apps import apps

    from doorsync.hub.entry.logs import configure

    if not apps.ready:  # otherwise this is a part of another program, which has logs of its own
        configure()
    try:
        django.setup()
    except (OSError, ValueError) as error:  # a key file that cannot be read, or is none
        raise NotReady(f"The keys in {key_files.place()} cannot be used: {error}") from error
    # For its receiver: a command that takes access away must wake the agents that wait at another process.
    from doorsync.hub.courier import work_listener  # noqa: F401


def checked_settings() -> Config:
    """The settings. Raises NotReady with all that is wrong with them."""
    if strange := unknown_settings.unknown_settings():
        raise NotReady("\n".join(strange))
    try:
        return config()
    except ValidationError as error:
        raise NotReady("\n".join(_told(each["loc"][0], each["msg"]) for each in error.errors())) from None
    except SettingsError as error:
        raise NotReady(_lists(error)) from None


def _told(name: int | str, message: str) -> str:
    return f"{PREFIX}{str(name).upper()}: {message.removeprefix('Value error, ')}."


def _lists(error: SettingsError) -> str:
    """Say how a list is written, instead of pydantic's message about JSON."""
    for name in ("trusted_proxies", "provider_networks"):
        if f'"{name}"' in str(error):
            return _told(name, 'is not a list in JSON, like ["10.0.0.0/8"]')
    return f"{error}."


def check_folder() -> None:
    """Check that the data folder can be written to by its owner. Raises NotReady."""
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


def check_keys() -> None:
    """Check that no other account can read the keys. Raises NotReady."""
    if found := key_files.open_to_others():
        raise NotReady(
            f"Other accounts of this machine can read {', '.join(map(str, found[:3]))}."
            f" Close it: chmod -R go= {key_files.place()}"
            " - and if somebody may have read it, see 'Where the keys lie' in docs/how-to/run-it-for-real.md."
        )


def only_hub(known: Config, port: int) -> Lock:
    """SQLite's file is for one hub, PostgreSQL for one at each port. Hold what comes back as long as it runs.

    Raises NotReady when another one runs.
    """
    try:
        return take_lock(_lock_file(known, port))
    except AlreadyLocked as error:
        raise NotReady(f"Another hub runs in {known.data}. With SQLite there can be one only; PostgreSQL takes many.") from error


def hub_runs(known: Config) -> bool:
    """Whether a hub with these settings runs on this machine now."""
    return is_locked(_lock_file(known, known.port))


def _lock_file(known: Config, port: int) -> Path:
    return known.data / (f"hub-{port}.lock" if known.database_url else "hub.lock")


def listening_socket(known: Config) -> socket.socket:
    """Bound to host and port. Raises NotReady when somebody else listens there."""
    return _bound(known.host, known.port, "choose another port with DOORSYNC_PORT (0 takes a free one)")


def metrics_socket(known: Config) -> socket.socket | None:
    """The same for health and metrics, if they are on."""
    return _bound(*known.metrics, "choose another with DOORSYNC_METRICS_ADDRESS") if known.metrics else None


def _bound(host: str, port: int, otherwise: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise NotReady(
            f"Cannot listen on {host} port {port}: {error.strerror}. End the other program, or {otherwise}."
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
