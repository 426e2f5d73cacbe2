"""Import people, from a company file or a CSV file. The import is tried first, then written portion by portion."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.dry_run import dry_run
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction, send_changes
from doorsync.hub.imports.door_access import Doors
from doorsync.hub.imports.double_encoding import double_encoded_people
from doorsync.hub.imports.parsing import CSV, CsvOptions, FilePerson, read_people_file
from doorsync.hub.imports.preview import Preview, pin_warnings
from doorsync.hub.imports.repeated_people import repeated_people
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.user_writes import gone_of, known_ids, known_users, writes_of
from doorsync.hub.imports.validation import check_people
from doorsync.hub.users.chunks import Portion, in_portions
from doorsync.hub.users.errors import UserError
from doorsync.hub.users.files.file_faults import FileFault, FileFaults
from doorsync.hub.users.files.text_file import Source
from doorsync.hub.users.models import Group, User
from doorsync.hub.users.validation import Checked, Write, check_writes
from doorsync.hub.users.writes import Written, all_same, write_users

PAUSE = 0.12  # seconds for others between two transactions on SQLite, where who waits looks every 0.1 s


class ImportStopped(UserError):
    """The import stopped after a part of the file was written. Import it again: what is done already changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """People who were read, and may replace all others. Made by `prepared`, which has found no fault."""

    company: Company
    people: Sequence[FilePerson]
    complete: bool
    actor: Actor

    def preview(self, encoding: str = "") -> Preview:
        """What it would do, found by doing it and rolling each transaction back."""
        with scope(company=self.company):
            checked, gone = self._checked()
            found = Preview(self.company, self.people, checked, gone, encoding)
            for portion in in_portions(checked, gone):
                if self._is_done(portion):
                    found.same += len(portion.writes)
                else:
                    self._try(portion, found)
            found.finish()
            return found

    def write(self, summary: Summary) -> None:
        """Write all of it. Raises ImportStopped when that ends after some portions, and whatever `write_users` raises before."""
        with scope(company=self.company):
            checked, gone = self._checked()
            summary.warnings += [
                *double_encoded_people(self.people),
                *pin_warnings(self.company, self.people, checked, gone),
                *repeated_people(self.people, known_ids()),
            ]
            try:
                for portion in in_portions(checked, gone):
                    if self._is_done(portion):
                        continue
                    written = self._write(portion)
                    summary.add("added", "user", written.created)
                    summary.add("changed", "user", written.changed)
                    summary.add("removed", "user", written.removed)
                    _give_way()
            except (UserError, DatabaseError) as error:
                if not summary.people:
                    raise
                raise ImportStopped from error
            finally:
                if summary.people:
                    send_changes(self.company, self.actor)

    def preview_within(self) -> Preview:
        """The same in the caller's transaction, which is to be rolled back; doors are left to the caller, who changes more."""
        with scope(company=self.company):
            checked, gone = self._checked()
            found = Preview(self.company, self.people, checked, gone)
            for portion in in_portions(checked, gone):
                found.add(portion, self._write(portion))
            return found

    def _checked(self) -> tuple[Checked, list[User]]:
        gone = gone_of(self.people) if self.complete else []
        return check_writes(self.company, self.writes(), gone), gone

    def writes(self) -> list[Write]:
        """What is to be written, a write for each person."""
        return writes_of(self.people, dict(Group.objects.values_list("name", "pk")), known_users())

    def _is_done(self, portion: Portion) -> bool:
        return not portion.gone and all_same(self.company, portion.writes)

    def _write(self, portion: Portion) -> Written:
        """In a transaction of its own; nothing goes out to terminals before the last one, so that the guard counts all of it."""
        with company_transaction(self.company, None):
            return write_users(company=self.company, writes=portion.writes, gone=portion.gone, actor=self.actor)

    def _try(self, portion: Portion, found: Preview) -> None:
        with dry_run():
            before = Doors.of(portion)
            written = self._write(portion)
            found.compare(before, Doors.of(portion, written), found.add(portion, written))
        _give_way()


def prepare_import(
    *, company: Company, path: Source, complete: bool, actor: Actor, options: CsvOptions = CSV
) -> tuple[Import, str]:
    """A CSV file, ready to be tried and written, and the encoding that had to be named. Raises FileFaults with all its faults."""
    faults: list[FileFault] = []
    read = read_people_file(path, options, faults)
    with scope(company=company):
        groups = set(Group.objects.values_list("name", flat=True))
        faults += check_people(read.people, groups, company, complete=complete)
    if faults:
        raise FileFaults(faults)
    return Import(company=company, people=read.people, complete=complete, actor=actor), read.encoding


def _give_way() -> None:
    """Let who waits for SQLite's only writer go on: without a pause, the next transaction would nearly always be faster."""
    if connection.vendor == "sqlite":
        time.sleep(PAUSE)
