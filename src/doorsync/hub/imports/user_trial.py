"""What writes of users would do at each door, found by doing them and rolling it back."""

from __future__ import annotations

from collections.abc import Sequence

from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.dry_run import dry_run
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.imports.door_access import Doors
from doorsync.hub.imports.preview import Door
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.chunks import Portion
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users


def try_writes(company: Company, writes: Sequence[Write], actor: Actor) -> list[Door]:
    """Who gains and who loses which door, doors without either left out. Raises what `write_users` raises."""
    portion = Portion(indexes=range(len(writes)), writes=list(writes))
    names = {write.user.number: write.user.full_name for write in writes if write.user}
    with scope(company=company), dry_run():
        before = Doors.of(portion)
        with company_transaction(company, None):
            write_users(company=company, writes=writes, actor=actor)
        after = Doors.of(portion)
    doors = {terminal: Door(name) for terminal, name in Terminal.objects.values_list("pk", "name")}
    for terminal, number in after.gained_since(before):
        doors[terminal].gains.append(names[number])
    for terminal, number in sorted(before.open - after.open):
        doors[terminal].loses.append(names[number])
    for terminal, number in sorted(after.refused - before.refused):
        doors[terminal].cannot_hold.append(names[number])
    changed = [door for door in doors.values() if door.gains or door.loses or door.cannot_hold]
    return sorted(changed, key=lambda door: door.name)
