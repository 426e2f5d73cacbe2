"""People among holdings of which a receipt or a memory that was read whole shows that nothing is held any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from doorsync.hub.revocations.actions import Removed
from doorsync.hub.sync.models import Holding


def removed_people(rows: Iterable[Holding], statements: Mapping[str, str] | None = None) -> Iterator[Removed]:
    """The users of the hub among these holdings, as they were before; `statements`: what the agent signed, by number.

    A released stranger, or whoever the terminal had at a place that the hub gave to nobody, is no user and has no number.
    """
    for row in rows:
        if row.user_id is not None:
            said = (statements or {}).get(row.key, "")
            yield Removed(number=int(row.key), name=row.label, since=row.wanted_since, statement=said)
