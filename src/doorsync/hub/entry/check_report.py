"""The checks of `doorsync hub check`. They change nothing, and work beside a running hub."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from doorsync.hub.entry import ownership, startup
from doorsync.hub.entry.errors import NotReady
from doorsync.hub.settings.config import Config

LITTLE = 500_000_000  # bytes that should be free where the data is
APART = timedelta(seconds=10)  # between clocks that should be the same
TOO_EARLY = datetime(2026, 1, 1, tzinfo=UTC)  # no clock that was set rightly shows less
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  # what may be listened on and is no address to go to


def problems() -> Iterator[str]:
    """Everything that is wrong, one sentence each."""
    try:
        known = startup.checked_settings()
    except NotReady as error:
        yield from str(error).splitlines()
        return
    yield from _addresses(known)
    for look in (startup.check_folder, startup.check_keys, lambda: ownership.check_database(known), lambda: _listen(known)):
        try:
            look()
        except NotReady as error:
            yield str(error)
    yield from _stored(known)
    yield from _room(known)
    yield from _clock(known)


def remarks() -> list[str]:
    """What is worth knowing though it is not wrong. Call it when there are no problems."""
    from doorsync.hub.administrators import proxy_faults

    known = startup.checked_settings()
    told = []
    if waiting := len(ownership.check_database(known)):
        told.append(f"The next start brings the database up to date: {waiting} changes. Back it up before.")
    if known.metrics and not startup.is_loopback(known.metrics[0]):
        told.append(
            f"Whoever reaches {known.metrics_address} reads the figures: let only operators do (DOORSYNC_METRICS_ADDRESS)."
        )
    return told + proxy_faults.recent_faults()


def _addresses(known: Config) -> Iterator[str]:
    if known.demo and not startup.is_loopback(known.host):
        yield f"DOORSYNC_HOST: the demo listens on loopback only, not on {known.host}."
    if not known.secure and not startup.is_loopback(known.host):
        yield "DOORSYNC_PUBLIC_URL: people would reach the hub without TLS. Put a proxy with TLS before it; see docs."
    if (urlsplit(known.origin).hostname or "") in ANYWHERE:
        yield f"DOORSYNC_PUBLIC_URL: nobody can open {known.origin}. Set it to the address that people use."


def _listen(known: Config) -> None:
    """Check that the port is free, or that our own hub listens on it. Raises NotReady."""
    try:
        startup.listening_socket(known).close()
        if watched := startup.metrics_socket(known):
            watched.close()
    except NotReady:
        if not startup.hub_runs(known):
            raise


def _stored(known: Config) -> Iterator[str]:
    """Broken audit trails and wrong counters, if the database has this version's tables."""
    try:
        startup.check_keys()
        with ownership.ask_database(known) as ask:
            if not ask or ownership.check_database(known) or not ask(ownership.TABLES[ownership.database_vendor(known)]):
                return
        startup.start_django()
    except NotReady:  # told already
        return
    from doorsync.hub.companies.models import Company
    from doorsync.hub.entry import audit_witness
    from doorsync.hub.sync.holdings import counters

    for company in Company.objects.order_by("slug"):
        if fault := audit_witness.inspect_trail(company).fault:
            yield f"The audit of {company.slug} is not whole: {fault} Look with: doorsync audit verify --company {company.slug}"

    if wrong := counters.miscounted():
        yield f"How many people are up to date is counted wrongly, {wrong} times. Restart the hub: it counts anew when it starts."


def _room(known: Config) -> Iterator[str]:
    if known.data.is_dir() and (free := shutil.disk_usage(known.data).free) < LITTLE:
        yield f"DOORSYNC_DATA: only {free // 1_000_000} MB are free in {known.data}. With a full disk nothing can be stored."


def _clock(known: Config) -> Iterator[str]:
    """Check this machine's clock, on which starts, expiries and tokens depend."""
    now = datetime.now(UTC)
    if now < TOO_EARLY:
        yield f"The clock of this machine shows {now:%Y-%m-%d}. Set it: starts and expiries of people follow it."
    if not known.database_url.get_secret_value():
        return
    try:
        with ownership.ask_database(known) as ask:
            there = ask("SELECT clock_timestamp()")[0][0] if ask else now
    except NotReady:
        return
    if abs(there - datetime.now(UTC)) > APART:
        yield f"The database's clock shows {there:%Y-%m-%d %H:%M:%S %Z}, this machine's {now:%H:%M:%S} UTC. Set them right."
