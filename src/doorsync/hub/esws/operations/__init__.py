"""One file for each operation of the service, and the table of them all."""

from __future__ import annotations

from collections.abc import Mapping

from doorsync.hub.esws.declarations import Operation
from doorsync.hub.esws.operations import get_total_sync_token

OPERATIONS: Mapping[str, Operation] = {module.OPERATION.name: module.OPERATION for module in (get_total_sync_token,)}
