"""getSyncStatus: how a sync stands that autoSync has started."""

from __future__ import annotations

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.refusals import NoSuchSync, NoSyncCode
from doorsync.hub.esws.sync_words import status_words
from doorsync.hub.esws.values import STRING
from doorsync.hub.sync.errors import UnknownRun
from doorsync.hub.sync.run.program_status import program_status
from doorsync.hub.sync.run.run_handles import run_of_handle


def get_sync_status(call: CompanyCall, *, handle: str) -> str:
    """The state in words, for the company that started it."""
    try:
        run = run_of_handle(handle.strip(), call.company.pk)
    except UnknownRun:
        raise NoSuchSync from None
    return status_words(program_status(run))


OPERATION = company_operation(
    name="Esws.getSyncStatus",
    about="How a sync stands that autoSync has started: UP TO DATE; DONE, X MORE WAITING; SYNCING; WAITING FOR A CONNECTION; "
    "STOPPED, X REMOVALS TO CONFIRM; or NOT DONE AT X TERMINALS.",
    parameters=(Parameter("p_syncCode", "handle", STRING, "what autoSync returned, 64 characters", missing=NoSyncCode),),
    returns=STRING,
    run=get_sync_status,
    return_strings={
        NoSyncCode: "NO CODE PROVIDED",
        NoSuchSync: "NO SYNC FOUND BASED ON THE CODE PROVIDED",
    },
    sample="UP TO DATE",
)
