"""autoSync: start the sync of a location, of everybody there or of one user, without a browser."""

from __future__ import annotations

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.named_rows import is_given, named_location, named_user
from doorsync.hub.esws.refusals import NobodyDialsOut, NoLocationId, NoSuchLocation, NoSuchUser
from doorsync.hub.esws.values import STRING
from doorsync.hub.sync.errors import NoTerminals
from doorsync.hub.sync.run.program_runs import is_dialled_out_to, start_program_run
from doorsync.hub.sync.run.run_handles import make_run_handle


def auto_sync(call: CompanyCall, *, location: str, user: str) -> str:
    """The code by which getSyncStatus tells how it goes."""
    place = named_location(location)
    only = named_user(user).pk if is_given(user) else None
    if not is_dialled_out_to(place.pk):
        raise NobodyDialsOut
    try:
        run = start_program_run(company=call.company, location_id=place.pk, user_id=only, actor=call.actor)
    except NoTerminals:  # the last one was deleted meanwhile
        raise NobodyDialsOut from None
    return make_run_handle(run)


OPERATION = company_operation(
    name="Esws.autoSync",
    about="Starts the sync of a location at once, without a browser. getSyncStatus tells how it goes.",
    parameters=(
        Parameter("p_locationId", "location", STRING, "id of the location", missing=NoLocationId),
        Parameter("p_userId", "user", STRING, "the user's id; empty, missing or 0: everybody", required=False),
    ),
    returns=STRING,
    run=auto_sync,
    return_strings={
        NoLocationId: "NO LOCATIONID PROVIDED",
        NoSuchLocation: "NO LOCATION FOUND BASED ON THE ID PROVIDED",
        NoSuchUser: "NO USER FOUND BASED ON THE ID PROVIDED",
        NobodyDialsOut: "CURL_ERROR_NO_7",
    },
    aliases=("Esws.autoSyc",),
    sample="5qWFY1oyOn0pCZ4nT7bXv2LkR9sHd3GmJwEa8UcQzPiB6xNfMtVrAyDuSg1hK0oj",
)
