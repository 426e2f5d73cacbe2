"""Keeps what was last seen of each company's audit trail in a file beside the database.

A trail whose end was cut off, with an older seal put back, looks whole from inside the database. Only what lies outside can tell.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
from django.db import connection

from doorsync.files import atomic
from doorsync.files.lock import wait_for_lock
from doorsync.hub.audit.verification import Verdict, hash_at, verify_end, verify_trail
from doorsync.hub.companies.models import Company
from doorsync.hub.settings.config import config

EVERY = 60.0  # seconds
log = structlog.get_logger()
Seen = dict[str, dict[str, str]]  # id of a company -> number, hash and moment


def examine_trail(company: Company) -> Verdict:
    """Whether a company's trail is whole, and goes on from what was seen before. Notes what it sees if it is."""
    found = verify_trail(company.pk)
    fault = found.fault or _fault_against(_read().get(str(company.pk)), company, found)
    if not fault:
        _change(partial(_with, company=company, found=found))
    return Verdict(entries=found.entries, hash=found.hash, fault=fault)


def inspect_trail(company: Company) -> Verdict:
    """Examine the trail as `examine_trail` does, without noting what was seen."""
    found = verify_trail(company.pk)
    fault = found.fault or _fault_against(_read().get(str(company.pk)), company, found)
    return Verdict(entries=found.entries, hash=found.hash, fault=fault)


def note_trails() -> None:
    """Note the end of each trail without reading all of it. A trail that became shorter is logged, and not noted."""
    for company in Company.objects.all():
        found = verify_end(company.pk)
        if fault := found.fault or _fault_against(_read().get(str(company.pk)), company, found):
            log.warning("A trail is not as it was. Look with: doorsync audit verify", company=company.slug, fault=fault)
        elif _read().get(str(company.pk), {}).get("hash") != found.hash.hex():
            _change(partial(_with, company=company, found=found))


def keep_noting_trails(stop: threading.Event) -> None:
    """Note the ends of trails at intervals, until told to stop."""
    while not stop.wait(EVERY):
        try:
            note_trails()
        finally:
            connection.close()


def accept_trail(company: Company) -> None:
    """Take the trail as it is from now on: the operator knows why it is shorter."""
    _change(lambda seen: {pk: each for pk, each in seen.items() if pk != str(company.pk)})


def _fault_against(seen: dict[str, str] | None, company: Company, found: Verdict) -> str:
    if seen is None or hash_at(company.pk, int(seen["number"])).hex() == seen["hash"]:
        return ""
    return (
        f"This machine saw {seen['number']} entries on {seen['at'][:16].replace('T', ' ')} UTC, and they do not all stand there "
        f"now ({found.entries}). Entries were removed from the end, or the database was put back from a backup: "
        f"then say doorsync audit verify --company {company.slug} --accept."
    )


def _with(seen: Seen, *, company: Company, found: Verdict) -> Seen:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {**seen, str(company.pk): {"number": str(found.entries), "hash": found.hash.hex(), "at": now}}


def _file() -> Path:
    return config().data / "audit-seen.json"


def _read() -> Seen:
    try:
        kept: Seen = json.loads(_file().read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _change(new: Callable[[Seen], Seen]) -> None:
    with wait_for_lock(_file().with_suffix(".lock")):
        atomic.write(_file(), json.dumps(new(_read())))
