"""The service as an ASGI application: HTTP in, HTTP out. What a message means is decided in `service`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import parse_qsl

from doorsync.hub.administrators import client_address
from doorsync.hub.esws.body_reader import Gone, Intake, Receive, Scope, Send
from doorsync.hub.esws.call_batches import CallBatches, lane_of_company
from doorsync.hub.esws.declarations import Operation
from doorsync.hub.esws.errors import Compressed, Fault
from doorsync.hub.esws.namespaces import CONTENT_TYPE, PATH
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.page import CSP, page
from doorsync.hub.esws.service import Reply, Request, answer, refusal
from doorsync.hub.esws.workers import Workers
from doorsync.hub.esws.wsdl import ARRAYS, wsdl
from doorsync.hub.settings.config import config

WSDLS = {"wsdl", "singlewsdl"}  # the latter is how .NET asks for a WSDL without imports
ACTION = re.compile(r"""\baction\s*=\s*(["']?)([^"';,]*)\1""", re.IGNORECASE)
Headers = Sequence[tuple[str, str]]


class Application:
    """Answers calls by POST, the WSDL at ?wsdl, and a page for people."""

    def __init__(
        self,
        operations: Mapping[str, Operation] = OPERATIONS,
        *,
        intake: Intake | None = None,
        workers: Workers | None = None,
    ) -> None:
        self.operations = operations
        self.intake = intake or Intake()
        self.workers = workers or Workers()
        of_all, of_one = ({name: each for name, each in operations.items() if each.by_company is one} for one in (False, True))
        self.batches = [CallBatches(of_all), CallBatches(of_one, lane=lane_of_company, run=self.workers.run)]
        address = config().origin + PATH
        self.description = wsdl(operations, address)
        self.twins = {"literal": wsdl(operations, address, literal=True), "arrays": ARRAYS}
        self.page = page(operations, address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "POST":
            await self._call(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await self._describe(scope, send)
        else:
            headers = [("content-type", "text/plain; charset=utf-8"), ("allow", "GET, HEAD, POST")]
            await _send(scope, send, 405, b"Programs call this address by POST.\n", headers)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [("content-type", CONTENT_TYPE)]
        try:
            reply = await self._answered(scope, receive)
        except Fault as fault:
            reply = refusal(fault)
            headers.append(("connection", "close"))  # the body may not have been read to its end
        except Gone:
            return
        if reply.retry_after:
            headers.append(("retry-after", str(reply.retry_after)))
        if reply.parts is not None:
            await self._send_parts(scope, send, reply.parts, headers)
        else:
            await _send(scope, send, reply.status, reply.body, headers)

    async def _send_parts(self, scope: Scope, send: Send, parts: Iterator[bytes], headers: Headers) -> None:
        """Send the parts, each made after the one before was sent. After an error the answer stays without its end."""
        await send({"type": "http.response.start", "status": 200, "headers": _lines(scope, headers)})
        while (part := await self.workers.run(partial(next, parts, None))) is not None:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _answered(self, scope: Scope, receive: Receive) -> Reply:
        given = headers_of(scope)
        async with self.intake.body(receive, announced=_held_back(given)) as body:
            if given.get(b"content-encoding", "").strip().lower() not in ("", "identity"):
                raise Compressed
            request = Request(
                body=body,
                content_type=given.get(b"content-type", ""),
                action=given.get(b"soapaction", "") or _action_12(given.get(b"content-type", "")),
                address=client_address.caller_address((scope.get("client") or [""])[0], given.get(b"x-forwarded-for", "")),
            )
            batches = next((each for each in self.batches if each.takes(body)), None)
            reply = await batches.answer(request) if batches else None
            if reply is not None:
                return reply
            in_parts = scope.get("http_version") != "1.0"  # which knows no chunks
            return await self.workers.run(partial(answer, request, self.operations, in_parts=in_parts))

    async def _describe(self, scope: Scope, send: Send) -> None:
        query = {name.lower(): value.lower() for name, value in parse_qsl(scope["query_string"].decode("latin-1"), True)}
        if WSDLS & query.keys():
            body, headers = self.twins.get(query.get("wsdl", ""), self.description), [("content-type", CONTENT_TYPE)]
        else:
            body, headers = self.page, [("content-type", "text/html; charset=utf-8"), ("content-security-policy", CSP)]
        await _send(scope, send, 200, body, headers)


def headers_of(scope: Scope) -> dict[bytes, str]:
    """The values by name, in small letters; several of the same name are joined as HTTP says."""
    found: dict[bytes, str] = {}
    for key, value in scope["headers"]:
        name, text = key.lower(), value.decode("latin-1")
        found[name] = f"{found[name]},{text}" if name in found else text
    return found


def _action_12(content_type: str) -> str:
    """The action where SOAP 1.2 has it."""
    found = ACTION.search(content_type)
    return found[2] if found else ""


def _held_back(given: Mapping[bytes, str]) -> int:
    length = given.get(b"content-length", "")
    return int(length) if given.get(b"expect") and length.isdecimal() else 0


async def _send(scope: Scope, send: Send, status: int, body: bytes, headers: Headers) -> None:
    lines = _lines(scope, [*headers, ("content-length", str(len(body)))])
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _lines(scope: Scope, headers: Headers) -> list[tuple[bytes, bytes]]:
    told = [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
    if _is_last(scope) and ("connection", "close") not in headers:
        told.append(("connection", "close"))
    return [(name.encode(), value.encode()) for name, value in (*headers, *told)]


def _is_last(scope: Scope) -> bool:
    """Whether to answer `Connection: close`: some clients reuse a connection otherwise, even where they asked to close it."""
    wishes = headers_of(scope).get(b"connection", "").split(",")
    return scope.get("http_version") == "1.0" or any(wish.strip().lower() == "close" for wish in wishes)
