"""Transactions that change a company: one at a time for each, with one signal at the end about the users affected."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import CompanyBusy
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.signals import access_changed


@dataclass(slots=True)
class CompanyChange:
    """What a transaction may have changed so far: whose access, and whether time schedules or what goes out by itself."""

    company: Company
    users: set[int] = field(default_factory=set)
    terminals: set[int] = field(default_factory=set)
    dates: bool = False
    schedules: bool = False
    sending: bool = False
    locked: bool = False  # whether the lock of the company is held; it is until the transaction ends
    waits: list[Callable[[], object]] = field(default_factory=list)  # for what has to be on the disk before the transaction is

    def affects(self, users: Iterable[int]) -> None:
        """Note that the access of these users, by id, may have changed."""
        self.users.update(users)

    def affects_schedules(self) -> None:
        """Note that what terminals hold of time schedules may have changed."""
        self.schedules = True

    def forget(self) -> None:
        """Note nothing after all, because the change is rolled back."""
        self.users, self.terminals, self.dates, self.schedules, self.sending = set(), set(), False, False, False

    def affects_terminal(self, terminal: int) -> None:
        """Note that what this terminal, by id, holds of anybody may be written otherwise there."""
        self.terminals.add(terminal)

    def affects_dates(self) -> None:
        """Note that starts, expiries and holidays may come at other moments. Users without start and expiry are not affected."""
        self.dates = self.schedules = True

    def affects_sending(self) -> None:
        """Note that something that waits already may be sent automatically now."""
        self.sending = True

    def is_noted(self) -> bool:
        """Whether anything was noted."""
        return bool(self.users or self.terminals) or self.dates or self.schedules or self.sending


TURN = 10.0  # seconds; then SQLite itself decides who is next
_turn = threading.Lock()
_longest_wait: ContextVar[float | None] = ContextVar("longest_wait", default=None)
_open: ContextVar[CompanyChange | None] = ContextVar("change", default=None)


@contextmanager
def company_transaction(company: Company, actor: Actor | None) -> Iterator[CompanyChange]:
    """A transaction in the company's scope. Inside another one of the same company it is a part of that, and of its author.

    Without an actor nothing goes out to the terminals by itself: call `send_changes` when all parts of the change are made.
    """
    outer = _open.get()
    if outer is not None and outer.company.pk == company.pk:
        yield outer
        return
    change = CompanyChange(company)
    token = _open.set(change)
    try:
        with scope(company=company), transaction.atomic():
            lock_company(company)
            change.locked = True
            try:
                yield change
                if change.is_noted():
                    what = {name: getattr(change, name) for name in ("users", "terminals", "dates", "schedules", "sending")}
                    access_changed.send(sender=Company, company=company, actor=actor, **what)
            finally:
                for wait in change.waits:
                    wait()
    finally:
        _open.reset(token)


def wait_before_commit(wait: Callable[[], object]) -> None:
    """Have this called at the end of the company transaction that is open, before its commit; now where there is none."""
    change = _open.get()
    if change is None:
        wait()
    else:
        change.waits.append(wait)


def send_changes(company: Company, actor: Actor) -> None:
    """Send what is sent automatically, after a change that was made in several transactions."""
    with scope(company=company), transaction.atomic():
        lock_company(company)
        access_changed.send(sender=Company, company=company, users=set(), actor=actor)


@contextmanager
def short_waits(seconds: float) -> Iterator[None]:
    """Inside, wait no longer than this for the lock of a company; for code that works for many companies."""
    token = _longest_wait.set(seconds)
    try:
        yield
    finally:
        _longest_wait.reset(token)


@contextmanager
def write_turn() -> Iterator[None]:
    """Wait for the other writers of this process before a transaction begins; only with SQLite, and for `TURN` at most.

    SQLite asks again and again whether the file is free, ever more rarely: many that wait leave it free most of the time.
    """
    waits = connection.vendor == "sqlite" and not connection.in_atomic_block  # who has begun must not wait for who has not
    mine = waits and _turn.acquire(timeout=TURN)
    try:
        yield
    finally:
        if mine:
            _turn.release()


def lock_company(company: Company) -> None:
    """Wait for whoever else changes this company, before any row is locked. SQLite's write transactions do so by themselves.

    Raises CompanyBusy where `short_waits` is in force and it takes longer: the transaction has then failed.
    """
    outer = _open.get()
    if connection.vendor != "postgresql" or (outer and outer.locked and outer.company.pk == company.pk):
        return
    longest = _longest_wait.get()
    with connection.cursor() as cursor:
        if longest is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [company.pk])
            return
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{round(1000 * longest)}ms"])
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [company.pk])
        except OperationalError as error:
            raise CompanyBusy from error
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
