"""The user table of a terminal as read, and which slots are free. The terminal's slots are its own: no record speaks of them."""

from __future__ import annotations

from collections.abc import Iterable

from doorsync.drivers.contract import TerminalError
from doorsync.drivers.zkteco import rows, tables
from doorsync.drivers.zkteco.connection import Connection
from doorsync.drivers.zkteco.protocol import Command, Garbled
from doorsync.drivers.zkteco.rows import Counts, User

USERS = 5  # what to read with Command.READ_USERS
SLOTS = range(1, 0xFFFF)
FULL = "The terminal's memory is full."


class UserTable:
    """Read whole, because terminals know no other way; kept while nobody else changes how many there are."""

    def __init__(self, connection: Connection) -> None:
        self.row = rows.LARGE.size
        self.people: dict[str, User] = {}
        self.counts = Counts(users=0, administrators=0, templates=0, log=0, capacity=0)
        self._connection = connection
        self._slots: set[int] = set()
        self._known = False

    def count(self) -> Counts:
        """How much there is now. Raises TerminalError."""
        try:
            self.counts = rows.counts(self._connection.granted(Command.COUNTS))
        except Garbled as error:
            raise self._connection.confused() from error
        return self.counts

    def find_row(self, usual: int) -> int:
        """How long a row is, told from how long the table is; `usual` where nobody is in it. Raises TerminalError."""
        count = self.count().users
        size = 0
        if count:
            with tables.opened(self._connection, Command.READ_USERS, USERS) as table:
                size = table.size
        try:
            self.row = rows.user_size(size, count, usual)
        except Garbled as error:
            raise self._connection.confused() from error
        return self.row

    def read(self) -> dict[str, User]:
        """Everybody by the number that people type. Raises TerminalError."""
        return self._read(self.count().users)

    def _read(self, count: int) -> dict[str, User]:
        self._known = False
        table = self._table() if count else b""
        try:
            self.row = rows.user_size(len(table), count, self.row)
            found = [rows.unpack_user(table[at : at + self.row]) for at in range(0, len(table), self.row)]
        except (Garbled, ValueError) as error:
            raise self._connection.confused() from error
        self.people = {user.user_id: user for user in sorted(found, key=lambda user: user.administers)}
        self._slots = {user.slot for user in found}
        self._known = True
        return self.people

    def _table(self) -> bytes:
        with tables.opened(self._connection, Command.READ_USERS, USERS) as table:
            return table.read()

    def current(self) -> dict[str, User]:
        """As `read`, but only when somebody else seems to have changed something. Raises TerminalError."""
        before, known = self.counts, self._known
        now = self.count()
        same = (now.users, now.administrators) == (before.users, before.administrators)
        return self.people if known and same else self._read(now.users)

    def free_slots(self, wished: int) -> list[int]:
        """So many slots that nobody has, or as many as there are."""
        free: list[int] = []
        for slot in SLOTS:
            if len(free) == wished:
                break
            if slot not in self._slots:
                free.append(slot)
        return free

    def keep(self, written: Iterable[User]) -> None:
        """These were taken by the terminal one by one."""
        for user in written:
            if user.user_id not in self.people:
                self._expect(users=1)
            self.people[user.user_id] = user
            self._slots.add(user.slot)

    def drop(self, user: User) -> None:
        """This one was removed."""
        if self.people.pop(user.user_id, None):
            self._slots.discard(user.slot)
            self._expect(users=-1)

    def named_zones(self) -> set[int]:
        """The time zones that anybody has."""
        return {zone for user in self.people.values() for zone in user.zones}

    def full(self) -> bool:
        """Whether there is no room for one more."""
        return len(self.people) >= self.counts.capacity > 0

    def _expect(self, users: int) -> None:
        counts = self.counts
        self.counts = Counts(
            users=counts.users + users,
            administrators=counts.administrators,
            templates=counts.templates,
            log=counts.log,
            capacity=counts.capacity,
        )


def refusal_in(error: TerminalError, table: UserTable, *, new: bool) -> str:
    """What to tell people of a write that the terminal refused; it does not say why."""
    return FULL if new and table.full() else f"The terminal refused to keep this person (it answered {error.code})."
