"""Every field of the hub that can hold text or bytes: what becomes of it when a person is erased, or that it is about nobody.

A test goes through all models: a new field has to be named here. What a field says of a person is erased in `erasing`.
"""

from __future__ import annotations

from collections.abc import Mapping

INFO = frozenset(f"info{number}" for number in range(1, 15))

# Gone with the person's row, at once.
WITH_THE_PERSON: Mapping[str, frozenset[str]] = {
    "users.User": INFO
    | {"external_id", "first_name", "insertion", "last_name", "email", "phone", "starts", "expires"}
    | {"contractor_code", "contractor_name"},
    "users.Credential": frozenset({"kind", "sealed", "lookup"}),
    "visitors.Visit": frozenset({"state", "starts", "ends", "groups", "pass_lookup"}),
}

# Emptied, or the row deleted, at once; what comes in later is kept without the person.
AT_ONCE: Mapping[str, frozenset[str]] = {
    "users.LostCredential": frozenset({"sealed"}),
    "users.FormerUser": frozenset({"mark"}),
    "users.ImportFile": frozenset({"name", "sealed", "options"}),
    "users.BulkEdit": frozenset({"before", "after"}),
    "visitors.Visit": frozenset({"host_name"}),
    "events.AccessEvent": frozenset({"user_number", "key", "card_sealed", "card_lookup"}),
    "revocations.Revocation": frozenset({"name"}),
}

# Needed to take the person out of terminals, and gone as each of these confirms it.
WITH_THE_LAST_DOOR: Mapping[str, frozenset[str]] = {
    "sync.Holding": frozenset({"key", "label", "wanted", "marks", "settled", "held", "before", "allowance", "place", "refusal"}),
    "sync.FoundEntry": frozenset({"key", "label", "digest", "allowance", "place"}),
    "sync.ValidityChange": frozenset({"walls"}),
    "sync.Batch": frozenset({"sealed"}),
    "privacy.Erasure": frozenset({"card_lookups"}),
}

# About people and kept: numbers and keyed hashes, which name nobody.
KEPT: Mapping[str, frozenset[str]] = {
    "audit.Entry": frozenset({"actor", "subject"}),  # ids, in a chain that proves that none was changed
    "users.LostCredential": frozenset({"kind", "lookup"}),  # so that a lost card is given to nobody
    "sync.FormerEntry": frozenset({"mark"}),  # so that they are removed again from a terminal that was put back
    "sync.Batch": frozenset({"orders"}),  # which keys were touched, with keyed digests
    "sync.Problem": frozenset({"key", "message"}),  # a number and a code, until the run is opened again
    "sync.Stranger": frozenset({"key", "name", "held", "allowance", "place"}),  # enrolled at a terminal; administrators decide
    "revocations.Revocation": frozenset({"terminal_name", "serial", "zone", "evidence", "statement", "signed_with"}),
    "privacy.Erasure": frozenset({"via", "doors"}),
}

# About the company, its doors or its administrators.
NOT_PERSONAL: Mapping[str, frozenset[str]] = {
    "audit.Entry": frozenset({"event", "previous", "hash", "key"}),
    "audit.ChainHead": frozenset({"hash", "seal"}),
    "companies.Company": frozenset({"slug", "name", "code_hash", "sealed_key", "frame_origins", "return_urls"}),
    "companies.Location": frozenset({"name", "time_zone"}),
    "companies.SetupCode": frozenset({"digest"}),
    "companies.KeyMark": frozenset({"name", "mark"}),
    "administrators.Administrator": frozenset({"password", "username", "name", "level", "language"}),
    "administrators.SyncToken": frozenset({"digest"}),
    "administrators.SecondFactor": frozenset({"sealed"}),
    "administrators.RecoveryCode": frozenset({"digest"}),
    "administrators.Passkey": frozenset({"name", "credential_id", "credential"}),
    "administrators.UsedChallenge": frozenset({"digest"}),
    "administrators.Session": frozenset({"public_id", "digest", "end_reason"}),
    "administrators.Attempts": frozenset({"bucket"}),
    "administrators.KnownSource": frozenset({"source"}),
    "providers.Provider": frozenset({"issuer", "client_id", "sealed_secret", "claim", "domain"}),
    "providers.LinkedAccount": frozenset({"address", "subject"}),  # of an administrator
    "providers.AccountSession": frozenset({"state"}),
    "terminals.Agent": frozenset(
        {
            "public_id",
            "name",
            "url",
            "keys",
            "pinned",
            "rotation",
            "software",
            "makes",
            "nearby",
            "hello_digest",
            "challenge",
            "nonce",
            "quarantined",
        }
    ),
    "terminals.EnrolmentCode": frozenset({"hint", "digest", "bound"}),
    "terminals.Terminal": frozenset(
        {
            "public_id",
            "name",
            "make",
            "address",
            "sealed_secret",
            "options",
            "readers",
            "limits",
            "chain_head",
            "last_error",
            "unread",
            "unreadable",
            "serial",
            "other_serial",
            "device",
            "canonical_address",
        }
    ),
    "terminals.DoorState": frozenset({"told", "read"}),  # of a door, told by an administrator
    "terminals.DoorOpening": frozenset({"public_id", "do", "result", "reason"}),  # by an administrator, for whoever came
    "terminals.HubEpoch": frozenset({"mark"}),
    "users.Group": frozenset({"name", "external_id"}),
    "users.InfoField": frozenset({"label", "function"}),
    "users.ImportFile": frozenset({"public_id"}),
    "users.ColumnMapping": frozenset({"header", "columns"}),
    "users.BulkEdit": frozenset({"public_id", "action", "value"}),
    "access.Zone": frozenset({"name"}),
    "access.HolidayCalendar": frozenset({"name", "applied"}),
    "access.Holiday": frozenset({"name", "start", "end"}),
    "access.TimeSchedule": frozenset({"name", "slots"}),
    "events.DeviceLog": frozenset({"device", "series", "serial"}),
    "events.AccessEvent": frozenset({"terminal_name", "wall", "zone", "code", "reason", "used"}),
    "sync.PendingRefresh": frozenset({"via", "reference"}),
    "sync.SyncFilter": frozenset({"mode"}),
    "sync.Run": frozenset({"public_id", "via", "reference", "mode", "groups", "chosen", "open_key"}),
    "sync.RunTerminal": frozenset({"state", "phase", "message"}),
    "sync.Batch": frozenset({"prev", "hash", "nonce", "refused", "making", "whole", "status"}),
}


def named_fields(model: str) -> frozenset[str]:
    """The fields of this model, such as `users.User`, of which this module says anything."""
    parts = (WITH_THE_PERSON, AT_ONCE, WITH_THE_LAST_DOOR, KEPT, NOT_PERSONAL)
    return frozenset().union(*(part.get(model, frozenset()) for part in parts))
