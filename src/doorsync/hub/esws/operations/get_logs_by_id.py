"""getLogsById: the access log from one number of an event to another, for whoever asks again and again for what is new."""

from __future__ import annotations

import re
from typing import Any

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.flags import is_set
from doorsync.hub.esws.log_rows import MOST, NOTHING, ROWS, SAMPLE, NoRecord, rows_of
from doorsync.hub.esws.values import STRING
from doorsync.hub.events.queries import OF_PEOPLE, EventFilter

NUMBER = re.compile(r"0*([0-9]+)")
LARGEST = 2**63 - 1  # that a database takes; programs write it for "up to the newest"
DIGITS = len(str(LARGEST))


def get_logs_by_id(_call: CompanyCall, *, first: str, last: str, registers_time: str) -> list[dict[str, Any]]:
    """The events of people with these numbers, in their order, as many as an answer holds. Raises NoRecord."""
    limits = {
        name: limit for name, text in (("number__gte", first), ("number__lte", last)) if (limit := _limit(text)) is not None
    }
    if is_set(registers_time):  # no terminal registers time
        raise NoRecord
    events = EventFilter(codes=OF_PEOPLE).apply().filter(**limits)
    return rows_of(events.select_related("log", "location").order_by("number")[:MOST], own_ids=False)


def _limit(text: str) -> int | None:
    """The number of an event; None where none is said. Raises NoRecord."""
    plain = text.strip()
    found = NUMBER.fullmatch(plain)
    if plain and not found:
        raise NoRecord
    if not found:
        return None
    return min(int(found[1]), LARGEST) if len(found[1]) <= DIGITS else LARGEST


OPERATION = company_operation(
    name="Esws.getLogsById",
    about="Who was let in or refused at the terminals, by the numbers of the events: ask for what came after the last scanID.",
    parameters=(
        Parameter("p_exportIdFrom", "first", STRING, "the first scanID; empty: from the oldest on", required=False),
        Parameter("p_exportIdTo", "last", STRING, "the last scanID; empty: up to the newest", required=False),
        Parameter("p_timeregistrationModules", "registers_time", STRING, "1: time registration terminals only", required=False),
    ),
    returns=ROWS,
    run=get_logs_by_id,
    return_strings={NoRecord: NOTHING},
    sample=[SAMPLE],
)
