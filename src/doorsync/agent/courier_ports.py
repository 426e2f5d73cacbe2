"""The two sides between which a courier carries messages, each as a small port: the hub's endpoints and the agent."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import Any, Protocol

import httpx2
import stamina
from pydantic import BaseModel, ValidationError

from doorsync.agent.batch_service import Answer, Greeting
from doorsync.agent.config import Config
from doorsync.agent.connection_errors import out_of_reach
from doorsync.agent.errors import HubAway, HubUnreachable
from doorsync.agent.http_client import hub_client
from doorsync.messages.sizes import ANSWER

WITHIN = 30  # seconds; an agent answers a batch within 15
BUSY = 1000  # terminals that are named as busy at most: a question is small
POLL = 40  # seconds; the hub answers a wait within 25
PLAIN = {"Accept-Encoding": "identity"}
CONFUSED = "What answers at the hub's address is no Doorsync hub."


class Waiting(BaseModel):
    """A sealed batch for a terminal."""

    terminal: str
    sealed: str


class Next(BaseModel):
    """What the hub has for an agent: batches, when to ask again, whether a hello is due, whether nothing is left; commands."""

    batches: list[Waiting]
    wait: float
    hello: bool
    idle: bool
    commands: list[str] = []


class Waited(BaseModel):
    """What a wait ended with."""

    work: bool


class AgentPort(Protocol):
    """An agent, in this process or elsewhere."""

    @property
    def agent(self) -> str:
        """Its name to the hub."""
        ...

    def hello(self, *, challenge: str = "", rotated: str = "", keys: str = "") -> Greeting:
        """A signed hello, with what the hub sent to the agent, if anything."""
        ...

    def batch(self, sealed: str) -> Answer:
        """What it says to a batch."""
        ...

    def part(self, batch: str, number: int) -> str | None:
        """A part of the memory that goes before the receipt of this batch; None when there is no such receipt any more."""
        ...


class Hub:
    """The hub's half of the courier's work."""

    def __init__(self, url: str, config: Config | None = None) -> None:
        """With the agent's settings it takes their proxy and certificates."""
        self._url = url
        self._client = hub_client(config, url, timeout=WITHIN)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ask(self, what: str, **body: str) -> tuple[int, dict[str, Any]]:
        """Status and answer of a courier's endpoint; asked again for a while when the hub is away. Raises HubUnreachable."""
        try:
            for attempt in stamina.retry_context(on=httpx2.TransportError, attempts=6, timeout=10, wait_max=2):
                with attempt:
                    status, content = self._post(what, body, WITHIN)
            answer = json.loads(content)
        except httpx2.RequestError as error:
            raise HubUnreachable(str(out_of_reach(self._url, error))) from error
        except (ValueError, RecursionError) as error:
            raise HubUnreachable(CONFUSED) from error
        if not isinstance(answer, dict):
            raise HubUnreachable(CONFUSED)
        return status, answer

    def next(self, agent: str, nonce: str, busy: Collection[str], *, commands: bool = False) -> Next:
        """What the hub has for this agent, but for the terminals that are busy. Raises HubUnreachable.

        With `commands`, those to open doors too: the hub hands each out once, to whoever asks.
        """
        asked = {"commands": "1"} if commands else {}
        status, answer = self.ask("next", agent=agent, nonce=nonce, busy=" ".join(sorted(busy)[:BUSY]), **asked)
        if status != httpx2.codes.OK:
            raise HubUnreachable(f"The hub has nothing for this agent: {answer.get('message') or answer.get('error', status)}")
        try:
            return Next.model_validate(answer)
        except ValidationError as error:
            raise HubUnreachable(CONFUSED) from error

    def wait(self, agent: str, nonce: str) -> bool:
        """Whether the hub has work for the agent: true at once, false after half a minute.

        Raises HubAway, which says nothing against this agent, or HubUnreachable.
        """
        try:
            status, content = self._post("wait", {"agent": agent, "nonce": nonce}, POLL)
        except httpx2.HTTPError as error:
            raise HubAway(str(out_of_reach(self._url, error))) from error
        if status != httpx2.codes.OK:
            raise HubAway if status >= httpx2.codes.INTERNAL_SERVER_ERROR else HubUnreachable
        try:
            return Waited.model_validate_json(content).work
        except ValidationError as error:
            raise HubUnreachable(CONFUSED) from error

    def _post(self, what: str, body: dict[str, str], within: float) -> tuple[int, bytes]:
        """What the hub answers, read no further and no longer than an answer can be, and not compressed."""
        deadline = time.monotonic() + 2 * within
        with self._client.stream("POST", f"/courier/{what}", json=body, headers=PLAIN, timeout=within) as response:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise HubUnreachable(CONFUSED)
            content = bytearray()
            for piece in response.iter_raw():
                content += piece
                if len(content) > ANSWER or time.monotonic() > deadline:
                    raise HubUnreachable(CONFUSED)
            return response.status_code, bytes(content)
