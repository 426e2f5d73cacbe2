"""What stands in the memory of a mock Z-Wave lock, read apart from the driver."""

from __future__ import annotations

from typing import Any

PIN, CARD = 1, 3


def people(memory: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Place -> the fields of a record, of whoever is active."""
    return {
        key.removeprefix("user_"): {
            "name": entry["userName"],
            "cards": [str(int(value, 16)) for value in _credentials(memory, key.removeprefix("user_"), CARD)],
            "pin": "".join(bytes.fromhex(value).decode() for value in _credentials(memory, key.removeprefix("user_"), PIN)),
            "schedules": [],
        }
        for key, entry in memory.items()
        if key.startswith("user_") and entry["active"]
    }


def names_of(place: int) -> list[str]:
    """The entries of somebody whose credentials are in the slots of their place."""
    return [f"user_{place}", f"cred_{PIN}_{place}", f"cred_{CARD}_{place}"]


def _credentials(memory: dict[str, dict[str, Any]], place: str, kind: int) -> list[str]:
    mine = [entry for key, entry in memory.items() if key.startswith(f"cred_{kind}_") and str(entry["userId"]) == place]
    return [entry["credentialData"] for entry in mine]
