"""An administrator at their pages: signed in fully, with forms that carry their proof."""

from __future__ import annotations

from tests.factories.gym import Gym
from tests.factories.visitor import Visitor


class Desk(Visitor):
    """Somebody who is signed in, and whose forms carry their proof."""

    proof: dict[str, str]

    def send(self, address: str, /, **fields: str | list[str]) -> tuple[int, str]:
        answer = self.post(address, {**self.proof, **fields})
        return answer.status_code, answer.content.decode() or answer.get("Location", "")

    def read(self, address: str) -> str:
        answer = self.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()


def desk_of(club: Gym, username: str = "username") -> Desk:
    """This administrator's."""
    made = Desk()
    made.sign_in_fully(club.company.slug, username)
    made.proof = made.fields(made.get("/sync/"))
    return made
