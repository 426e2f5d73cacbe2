"""A courier without a browser: carries messages between hub and agent until the hub has no more work for it.

The page does the same in JavaScript.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any

import httpx2

from doorsync.agent.backoff import Backoff
from doorsync.agent.batch_service import Answer
from doorsync.agent.courier_ports import AgentPort, Hub, Next
from doorsync.agent.errors import AgentUnreachable, HubUnreachable
from doorsync.agent.logs import log

OK = httpx2.codes.OK
PAUSE, LONGEST = 0.2, 30.0  # seconds before asking again, whatever the hub says
AT_ONCE = 64  # terminals whose batches are under way
HELLOS = 3  # in a row, before each takes a pause


class Round:
    """One courier's loop from hello until the hub says idle. `over` tells when to stop before that."""

    def __init__(
        self,
        hub: Hub,
        agent: AgentPort,
        pool: ThreadPoolExecutor,
        *,
        over: Callable[[], bool],
        patience: Backoff | None = None,
        door_command: Callable[[str], str | None] | None = None,
    ) -> None:
        """`door_command`: what carries out commands to open doors; without it none are fetched."""
        self._hub, self._agent, self._pool, self._over = hub, agent, pool, over
        self._door_command = door_command
        self._under_way: dict[str, Future[bool]] = {}
        self._patience = patience or Backoff()
        self.nonce = ""
        self._receipts = self._hellos = 0

    def go(self) -> int:
        """Carry messages until the hub says idle; returns how many receipts it took. Raises TimeoutError when time is up."""
        while not self._over():
            busy = self._under_way.keys() | self._patience.held_back()
            answer = self._next(busy) if self.nonce else None
            if answer is None or answer.hello:
                self._greet()
                continue
            self._hellos = 0
            for sealed in answer.commands:
                self._pool.submit(self._carry_out, sealed)
            for each in answer.batches:
                if each.terminal not in busy and len(self._under_way) < AT_ONCE:
                    self._under_way[each.terminal] = self._pool.submit(self._deliver, each.sealed, each.terminal)
            if answer.idle and not self._under_way:
                return self._receipts
            self._wait(answer.wait)
        raise TimeoutError

    def _next(self, busy: Collection[str]) -> Next:
        return self._hub.next(self._agent.agent, self.nonce, busy, commands=self._door_command is not None)

    def _greet(self) -> None:
        """Say hello, after a pause if the hub keeps asking for one."""
        self._hellos += 1
        if self._hellos > HELLOS:
            time.sleep(min(PAUSE * 2 ** (self._hellos - HELLOS), LONGEST))
        self._say_hello()

    def _say_hello(self) -> None:
        greeting = self._agent.hello()
        if greeting.rotation:
            status, answer = self._ask("rotate", rotation=greeting.rotation)
            if status == OK:
                greeting = self._agent.hello(rotated=str(answer.get("rotated")))
        status, answer = self._ask("hello", hello=greeting.hello)
        for name in ("challenge", "keys"):  # another courier's hello was faster, or another copy's; the hub has fresh keys
            if status != OK and answer.get("nonce"):
                break  # this very hello was taken from another courier, and both may go on with it
            if isinstance(brought := answer.get(name), str):
                status, answer = self._ask("hello", hello=self._agent.hello(**{name: brought}).hello)
        if not answer.get("nonce"):
            raise HubUnreachable(
                f"The hub did not take this agent's hello: {answer.get('message') or answer.get('error', status)}"
            )
        self.nonce = str(answer["nonce"])

    def _wait(self, seconds: float) -> None:
        """Wait until a batch under way has ended, or for this long."""
        seconds = seconds if PAUSE <= seconds <= LONGEST else PAUSE
        if not self._under_way:
            time.sleep(seconds)
            return
        wait_for(self._under_way.values(), timeout=seconds, return_when=FIRST_COMPLETED)
        for terminal, future in list(self._under_way.items()):
            if future.done():
                del self._under_way[terminal]
                self._receipts += future.result()

    def _deliver(self, sealed: str, terminal: str) -> bool:
        """Bring a batch to the agent and its answer to the hub; True for a receipt that the hub took."""
        while not self._over():
            answer = self._agent.batch(sealed)
            if answer.kind == "receipt":
                taken = self._brought_parts(answer) and self._took(self._ask("receipt", receipt=answer.text))
                self._patience.note(terminal, taken=taken)
                return taken
            if answer.kind == "refused":
                self._ask("refused", refused=answer.text)
                return False
            if answer.kind == "failed":
                raise AgentUnreachable(f"The agent accepts nothing now: {answer.text}.")
        return False

    def _carry_out(self, sealed: str) -> None:
        """Let the agent carry out a command, and bring its answer. It goes on when this round has ended."""
        try:
            if answer := self._door_command and self._door_command(sealed):
                status, said = self._ask("answer", answer=answer)
                if status != OK:
                    log.warning("The hub did not take an answer about a door.", code=said.get("error", status))
        except HubUnreachable as error:
            log.warning("An answer about a door did not reach the hub, which now says that nobody knows.", why=str(error))

    def _brought_parts(self, answer: Answer) -> bool:
        """Bring the parts that precede a receipt. The hub says which one is next, as it may have some already."""
        number = 1
        while number <= answer.parts and not self._over():
            part = self._agent.part(answer.batch, number)
            status, said = self._ask("part", part=part) if part else (OK, {})
            follows = said.get("next")
            if not self._took((status, said)) or not isinstance(follows, int) or follows <= number:
                return False
            number = follows
        return number > answer.parts

    def _took(self, answer: tuple[int, dict[str, Any]]) -> bool:
        status, said = answer
        if status != OK:
            log.warning("The hub did not take a receipt.", code=said.get("error", status))
        return status == OK

    def _ask(self, what: str, **body: str) -> tuple[int, dict[str, Any]]:
        return self._hub.ask(what, agent=self._agent.agent, **body)
