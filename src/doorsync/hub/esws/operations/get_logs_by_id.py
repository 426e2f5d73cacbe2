"""getLogsById: the access log from one number of an event to another, for whoever asks again and again for what is new."""

from __future__ import annotations

import re
from typing import Any

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.log_rows import MOST, NOTHING, ROWS, SAMPLE, NoRecord, rows_of
from doorsync.hub.esws.values import STRING
from doorsync.hub.events.queries import OF_PEOPLE, EventFilter

NUMBER = re.compile(r"[0-9]{1,18}")


def get_logs_by_id(_call: CompanyCall, *, first: str, last: str, registers_time: str) -> list[dict[str, Any]]:
    """The events of people with these numbers, in their order, as many as an answer holds. Raises NoRecord."""
    limits = {}
    for name, text in (("number__gte", first.strip()), ("number__lte", last.strip())):
        if text and not NUMBER.fullmatch(text):
            raise NoRecord
        if text:
            limits[name] = int(text)
    if registers_time.strip() == "1":  # no terminal registers time
        raise NoRecord
    events = EventFilter(codes=OF_PEOPLE).apply().filter(**limits)
    return rows_of(events.select_related("log", "location").order_by("number")[:MOST], own_ids=False)


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
