"""The cloud courier: the agent dials out to the hub and waits there for work, so nothing has to reach into its network."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

from doorsync.agent.backoff import Backoff
from doorsync.agent.batch_service import AT_ONCE, BatchService
from doorsync.agent.config import Config
from doorsync.agent.courier_loop import OK, PAUSE, Round
from doorsync.agent.courier_ports import Hub
from doorsync.agent.errors import AgentError, HubAway
from doorsync.agent.logs import log
from doorsync.agent.status_file import StatusFile

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds between tries while the hub is away; drawn anew, so that not all come at once
QUIET = 144  # waits without work, an hour; then a hello lets the hub detect a copy of this agent


class CloudCourier:
    """Carries messages between this process's batch service and the hub until it is stopped."""

    def __init__(
        self, hub_url: str, batch_service: BatchService, config: Config | None = None, status_file: StatusFile | None = None
    ) -> None:
        self._hub_url, self._batch_service = hub_url, batch_service
        self._status_file = status_file or StatusFile(None)
        self._stopping = threading.Event()
        self._pause, self._away = FIRST_PAUSE, False
        self._course: Round | None = None
        self._hub, self._patience = Hub(hub_url, config), Backoff()
        self._thread = threading.Thread(target=self._run, name="cloud-courier", daemon=True)

    def start(self) -> None:
        """Start in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop soon. A wait that is under way is abandoned: nothing is lost with it."""
        self._stopping.set()

    def tell_reached(self, terminal: str) -> bool:
        """Tell the hub that a terminal answers again; returns whether it took note. Raises HubUnreachable."""
        return self._tell("reached", terminal)

    def tell_changed(self, terminal: str) -> bool:
        """Tell the hub that a terminal has changed since its last batch; returns whether it took note. Raises HubUnreachable."""
        return self._tell("changed", terminal)

    def _tell(self, what: str, terminal: str) -> bool:
        nonce = self._course.nonce if self._course else ""
        status, answer = self._hub.ask(what, agent=self._batch_service.agent, nonce=nonce, terminal=terminal)
        return status == OK and answer.get("ok") is True

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cloud") as pool:
            while not self._stopping.is_set():
                try:
                    self._course = Round(
                        self._hub,
                        self._batch_service,
                        pool,
                        over=self._stopping.is_set,
                        patience=self._patience,
                        door_command=self._batch_service.door_command,
                    )
                    self._serve(self._course)
                except TimeoutError:
                    break  # it was stopped
                except Exception as error:  # noqa: BLE001 - this thread must outlive whatever a hub may say
                    self._note_away(error)
        self._hub.close()

    def _serve(self, course: Round) -> None:
        before = -1
        while not self._stopping.is_set():
            carried = course.go()
            if carried == before:  # the hub announced work and had none: pause, so that this cannot become a busy loop
                self._stopping.wait(PAUSE)
            before = carried
            self._status_file.connected()
            self._idle(course)

    def _idle(self, course: Round) -> None:
        """Wait until there is work. A wait costs the hub far less than a hello and a search for batches."""
        for _ in range(QUIET):
            try:
                work = self._hub.wait(self._batch_service.agent, course.nonce)
            except HubAway as error:  # it may only be restarting: then it still knows the nonce
                self._note_away(error)
                work = False
            else:
                self._note_back()
            if self._batch_service.wants_hello:
                course.nonce = ""
            if work or self._stopping.is_set() or not course.nonce:
                return

    def _note_back(self) -> None:
        self._status_file.connected()
        if self._away:
            log.info("The hub answers again.")
        self._pause, self._away = FIRST_PAUSE, False

    def _note_away(self, error: Exception) -> None:
        why = str(error) if isinstance(error, AgentError) else type(error).__name__
        self._status_file.away(why)
        if not self._away:
            log.warning("The hub is away, or refuses this agent; trying again.", hub=self._hub_url, why=why)
        self._away = True
        self._stopping.wait(self._pause * (0.5 + secrets.randbelow(500) / 1000))
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
