"""The product's agent in this process, for tests of the whole way: only the wire between hub and agent is ours."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django_scopes import scopes_disabled

from doorsync.agent import drivers
from doorsync.agent.batch_service import BatchService
from doorsync.agent.config import Config
from doorsync.agent.identity import Identity
from doorsync.agent.kept_state import State
from doorsync.hub.courier import agent_hello, dispatch
from doorsync.hub.sync.run.memory_parts import KnownPart
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Hello
from tests.factories.patience import PATIENCE

ORIGIN = "http://127.0.0.1:8000"


class RealAgent:
    """An enrolled agent. End it with `stop`."""

    def __init__(self, agent: Agent, folder: Path) -> None:
        self._agent = agent.pk
        keys = KeyPairs.generate()
        with scopes_disabled():
            Agent.objects.filter(pk=agent.pk).update(keys=keys.public.as_dict())
        identity = Identity(
            company=agent.company.slug,
            agent=agent.public_id,
            name=agent.name,
            hub_url=ORIGIN,
            origins=(ORIGIN,),
            keys=keys,
            hub=hub_keys().public,
        )
        folder.mkdir()
        identity.save(folder)
        self._keys = keys
        self.drivers = drivers.find_drivers()
        self.batch_service = BatchService(State(folder), self.drivers, Config(data=folder, terminal_timeout=PATIENCE))
        self._nonce = ""

    def work(self, rounds: int = 100) -> int:
        """Carry batches until nothing is left that can be done now; returns how many receipts the hub took."""
        carried = 0
        for _ in range(rounds):
            answer = dispatch.next_batches(self._row(), self._nonce)
            if answer["hello"]:
                self._say_hello()
                continue
            if not answer["batches"]:
                return carried
            for each in answer["batches"]:
                self._carry(each["sealed"])
                carried += 1
        return carried

    def stop(self) -> None:
        """End its work."""
        self.batch_service.stop()

    def _say_hello(self) -> None:
        hello = self.batch_service.hello().hello
        self._nonce = envelope.verify(hello, Hello, self._keys.public.sign).nonce
        agent_hello.hello(self._row(), hello)

    def _carry(self, sealed: str) -> None:
        answer = self.batch_service.batch(sealed)
        assert answer.kind == "receipt", answer
        for number in range(1, answer.parts + 1):
            part = self.batch_service.part(answer.batch, number)
            assert part
            with suppress(KnownPart):
                dispatch.take_part(self._row(), part)
        dispatch.take_receipt(self._row(), answer.text)

    def _row(self) -> Agent:
        with scopes_disabled():
            return Agent.objects.select_related("company").get(pk=self._agent)
