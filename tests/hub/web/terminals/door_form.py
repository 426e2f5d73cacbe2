"""What is typed into the form of a door."""

from __future__ import annotations

from tests.factories.gym import Gym


def fields(club: Gym, **changed: str) -> dict[str, str]:
    usual = {"name": "Attic", "location": str(club.locations[0].pk), "agent": str(club.agent.pk), "make": "virtual"}
    return {**usual, "address": "192.0.2.9:4370", **changed}
