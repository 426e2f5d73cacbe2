"""Enrolment where only a browser reaches both sides: the agent waits for the hub's page, which carries the two messages.

Anybody on the network can call the agent while it waits, and read along. So neither side trusts the way: the person types
the hub's key here and the agent's key there, and each side takes only what fits the key that was typed.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from doorsync.agent import daemon, data_folder, key_rotation, shutdown
from doorsync.agent.config import Config
from doorsync.agent.enrolment import accepted_identity, code_in, hub_address
from doorsync.agent.errors import AgentError, EnrolmentFailed
from doorsync.agent.identity import Identity
from doorsync.agent.logs import log
from doorsync.agent.request_checks import Gate
from doorsync.agent.shutdown import Server
from doorsync.agent.validation import SOFTWARE
from doorsync.messages import envelope
from doorsync.messages.keys import KeyPairs, typed
from doorsync.messages.schemas import Enrolment

BODY = 16 * 1024  # bytes


def enrol(config: Config, *, hub_url: str, hub_key: str, started: Callable[[str, str], None], url: str = "") -> Identity:
    """Wait until a page of this hub has carried the enrolment. `started` is told address and key. Raises an AgentError."""
    hub_url, hub_key = hub_address(hub_url), _key(hub_key)
    with data_folder.hold_folder(config.data), daemon.open_socket(config) as listening:
        port = listening.getsockname()[1]
        own_url = url or f"http://{config.host}:{port}"
        waiting = Introduction(config, hub_url, hub_key, own_url)
        app = Starlette(routes=[Route("/enrol", waiting.answer, methods=["POST"])])
        parts = urlsplit(hub_url)
        gate = Gate(app, hosts=daemon.accepted_hosts(config, port), origins=[f"{parts.scheme}://{parts.netloc}"])
        waiting.server = Server(gate)
        shutdown.stop_in_order(waiting.server)
        started(own_url, waiting.keys.public.fingerprint())
        waiting.server.run(sockets=[listening])
    if waiting.identity is None:
        raise EnrolmentFailed("Nobody carried the enrolment. Nothing was changed.")
    return waiting.identity


class Introduction:
    """The agent's side of one enrolment, with keys of its own."""

    def __init__(self, config: Config, hub_url: str, hub_key: str, url: str) -> None:
        self._config, self._hub_url, self._hub_key, self._url = config, hub_url, hub_key, url
        self.keys = KeyPairs.generate()
        self.identity: Identity | None = None
        self.server: Server | None = None

    async def answer(self, request: Request) -> Response:
        """A code brings the signed enrolment; the hub's answer to that ends the waiting."""
        body = await _body(request)
        try:
            if "code" in body:
                return JSONResponse({"enrolment": self._introduced(code_in(body["code"]))})
            self._accept(body["enrolled"])
        except AgentError as error:
            log.warning("What a page brought was not taken.", why=str(error))
            return JSONResponse({"error": "not-taken"}, 409)
        return JSONResponse({"ok": True})

    def _introduced(self, code: str) -> str:
        message = Enrolment(code=code, keys=self.keys.public.as_dict(), software=SOFTWARE, url=self._url)
        return envelope.sign(message, self.keys.sign)

    def _accept(self, signed: str) -> None:
        identity = accepted_identity(signed, self.keys, self._hub_url, strictly=True)
        if not hmac.compare_digest(identity.hub.fingerprint(), self._hub_key):
            raise EnrolmentFailed("The answer is from another hub than the one whose key was typed.")
        identity.save(self._config.data)
        key_rotation.forget_change(self._config.data)
        self.identity = identity
        if self.server:
            self.server.should_exit = True


def _key(text: str) -> str:
    if not (key := typed(text)):
        raise EnrolmentFailed("Not a valid hub key. You find it on the hub's page Agents; it looks like 7K2QM-0H5XN-T9B4C-W8D3E.")
    return key


async def _body(request: Request) -> dict[str, str]:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > BODY:
            raise HTTPException(413)
    try:
        body = json.loads(bytes(data))
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error
    if not isinstance(body, dict) or len(body) != 1 or not all(isinstance(value, str) for value in body.values()):
        raise HTTPException(400)
    if not set(body) <= {"code", "enrolled"}:
        raise HTTPException(400)
    return body
