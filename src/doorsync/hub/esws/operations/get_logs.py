"""getLogs: the access log of some time, for whoever keeps hours or attendance elsewhere."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from doorsync.domain.text import normalized_text
from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.flags import FLAGS, is_set
from doorsync.hub.esws.log_rows import (
    MOST,
    NOTHING,
    ROWS,
    SAMPLE,
    NoRecord,
    TooManyRecords,
    rows_of,
)
from doorsync.hub.esws.log_times import BadTime, first_moment, moment_after
from doorsync.hub.esws.named_rows import is_given
from doorsync.hub.esws.values import STRING
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.events.queries import OF_PEOPLE, EventFilter
from doorsync.hub.users.fields import INFO
from doorsync.hub.users.info_fields import info_field_functions
from doorsync.hub.users.models import User

NUMBER = 18  # digits at most


def get_logs(_call: CompanyCall, *, registers_time: str, filter_on: str, **given: str) -> list[dict[str, Any]]:
    """The events of people within a time, oldest first. Raises NoRecord, BadTime or TooManyRecords."""
    if filter_on.strip().lower() in FLAGS and not registers_time:  # by position, from before there was a p_filterOn
        filter_on, registers_time = "", filter_on
    first, before = first_moment(given["first"]), moment_after(given["last"])
    locations = [_number(given["location"])] if is_given(given["location"]) else None
    if is_set(registers_time):  # no terminal registers time
        raise NoRecord
    wanted = EventFilter(
        first=first,
        before=before,
        locations=locations,
        user_numbers=[_number(given["user"])] if is_given(given["user"]) else None,
        codes=OF_PEOPLE,
        received=filter_on.strip().lower() == "created",
    )
    found = _of_users_like(wanted.apply(), given["info_name"].strip().lower(), given["info_value"])
    events = list(found.select_related("log", "location").order_by("number")[: MOST + 1])
    if len(events) > MOST:
        raise TooManyRecords
    return rows_of(events, own_ids=True)


def _of_users_like(events: QuerySet[AccessEvent], info_name: str, info_value: str) -> QuerySet[AccessEvent]:
    """Those of users whose info field has this value; all of them where no info field is named."""
    if info_name not in INFO:
        return events
    name = info_field_functions().get(info_name, info_name)
    return events.filter(user_number__in=User.objects.filter(**{name: normalized_text(info_value.strip())}).values("number"))


def _number(text: str) -> int:
    """A number as a program wrote it. Raises NoRecord for one that nothing has."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= NUMBER):
        raise NoRecord
    return int(plain)


OPERATION = company_operation(
    name="Esws.getLogs",
    about="Who was let in or refused at the terminals within a time.",
    parameters=(
        Parameter("p_exportTimeFrom", "first", STRING, "from, yyyy-mm-dd hh:ii:ss; empty: from the oldest on", required=False),
        Parameter("p_exportTimeTo", "last", STRING, "to, yyyy-mm-dd hh:ii:ss; empty: up to now", required=False),
        Parameter("p_locationId", "location", STRING, "one location only; empty or 0: all", required=False),
        Parameter("p_userId", "user", STRING, "one user only, by number; empty or 0: all", required=False),
        Parameter("p_infoFieldName", "info_name", STRING, "info1 to info14: users with a value there only", required=False),
        Parameter("p_infoFieldValue", "info_value", STRING, "that value", required=False),
        Parameter("p_filterOn", "filter_on", STRING, "event_time, or created: when Doorsync got the event", required=False),
        Parameter("p_timeregistrationModules", "registers_time", STRING, "1: time registration terminals only", required=False),
    ),
    returns=ROWS,
    run=get_logs,
    return_strings={
        NoRecord: NOTHING,
        BadTime: "ERROR_INVALID_TIME",
        TooManyRecords: "ERROR_TOO_MANY_RECORDS",
    },
    sample=[SAMPLE],
)
