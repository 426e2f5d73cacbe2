"""Who may speak with the agent over HTTP: pages of its hub, by the agent's own name, in JSON; nobody else learns anything.

An ASGI application around the endpoints. Host and Origin are compared with exact lists, so that a page of another site
gets nothing, not even when its name is made to point here (DNS rebinding). The agent's own static page may be looked at by
one of the agent's names, and may speak with it: it comes from here, and says only what it was told by the hub.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALLOWED = "POST, OPTIONS"


class Gate:
    """Lets only those requests through that a page of the hub makes."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], origins: Collection[str], pages: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(origins)
        self._pages = frozenset(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is wrong with nothing but a status; answer a page's preflight; pass the rest on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        if scope["method"] == "GET" and scope["path"] in self._pages and _only(headers, "host", self._hosts, fold=True):
            await self._app(scope, receive, send)
            return
        if refusal := self._refusal(scope["method"], headers):
            await refusal(scope, receive, send)
            return
        origin = headers["origin"]
        if scope["method"] == "OPTIONS":
            await _preflight(origin)(scope, receive, send)
            return
        await self._app(scope, receive, _readable_by(origin, send))

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        if method not in ("POST", "OPTIONS"):
            return Response(status_code=405, headers={"Allow": ALLOWED})
        if not _only(headers, "host", self._hosts, fold=True) or not _only(headers, "origin", self._origins | _own(headers)):
            return Response(status_code=403)
        if method == "OPTIONS":
            return None
        if headers.get("x-doorsync") != "1":
            return Response(status_code=400)
        if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return Response(status_code=415)
        return None


def _only(headers: Headers, name: str, allowed: Collection[str], *, fold: bool = False) -> bool:
    """Just one such header, with a value of the list."""
    values = headers.getlist(name)
    return len(values) == 1 and (values[0].lower() if fold else values[0]) in allowed


def _own(headers: Headers) -> set[str]:
    """The origins of the agent's own page, as the browser that called by this name writes them."""
    return {f"{scheme}://{headers.get('host', '')}" for scheme in ("http", "https")}


def _preflight(origin: str) -> Response:
    allowed = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "content-type, x-doorsync"}
    return Response(status_code=204, headers={**_cors(origin), **allowed, "Access-Control-Max-Age": "600"})


def _cors(origin: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def _readable_by(origin: str, send: Send) -> Send:
    extra = {**_cors(origin), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *((n.lower().encode(), v.encode()) for n, v in extra.items())]
        await send(message)

    return send_with_headers
