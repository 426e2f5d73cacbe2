"""getMultipleUsersIds2: as getMultipleUsersIds."""

from __future__ import annotations

from doorsync.hub.esws.operations.get_multiple_users_ids import operation

OPERATION = operation("getMultipleUsersIds2")
