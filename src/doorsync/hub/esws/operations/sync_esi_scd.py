"""syncEsiScd: synchronise a location without a browser, and say at once how each of its terminals came out of it."""

from __future__ import annotations

import json
from functools import partial

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Operation, Parameter
from doorsync.hub.esws.named_rows import named_location
from doorsync.hub.esws.refusals import NobodyDialsOut, NoLocationId, NoSuchLocation, NoTerminal
from doorsync.hub.esws.sync_words import device_words
from doorsync.hub.esws.values import STRING
from doorsync.hub.esws.waiting import wait_for_end
from doorsync.hub.sync.errors import NoTerminals
from doorsync.hub.sync.run.program_runs import is_dialled_out_to, start_program_run
from doorsync.hub.sync.run.program_status import program_status
from doorsync.hub.terminals.models import Terminal

SECONDS = 25  # programs give up after 30 or 60


def sync_esi_scd(call: CompanyCall, *, location: str, seconds: float) -> str:
    """A JSON list with an object for each terminal: its serial number, or its name where it has none, and how it went."""
    place = named_location(location)
    if not is_dialled_out_to(place.pk):
        raise NobodyDialsOut if Terminal.objects.filter(location=place).exists() else NoTerminal
    try:
        run = start_program_run(company=call.company, location_id=place.pk, user_id=None, actor=call.actor)
    except NoTerminals:  # it was deleted meanwhile
        raise NoTerminal from None
    status = wait_for_end(lambda: program_status(run), seconds)
    return json.dumps(
        [{each.run_terminal.terminal.serial or each.run_terminal.terminal.name: device_words(each)} for each in status.terminals]
    )


def operation(seconds: float) -> Operation:
    """The operation, for calls that wait so long at most."""
    return company_operation(
        name="Esws.syncEsiScd",
        about=f"Synchronises a location without a browser, and waits up to {SECONDS} seconds for the result of each terminal.",
        parameters=(Parameter("p_locationID", "location", STRING, "id of the location", missing=NoLocationId),),
        returns=STRING,
        run=partial(sync_esi_scd, seconds=seconds),
        return_strings={
            NoLocationId: "NO_LOCATION_ID_RECEIVED",
            NoSuchLocation: "NO_LOCATION_ID_RECEIVED",
            NobodyDialsOut: "CURL_ERROR_NO_7",
            NoTerminal: "NO_DEVICE_TO_SYNC",
        },
        sample='[{"543714888": "ok"}, {"542189458": "SynchDevice:SearchDevice_ByIP:ERROR [-102]"}]',
    )


OPERATION = operation(SECONDS)
