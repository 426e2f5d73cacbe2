"""The HTTP of the station, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from doorsync.drivers.adms.station import Reply, Station

BODY = 4 << 20  # bytes
WITHIN = 30  # seconds for a body
AT_ONCE = 200  # connections
STOPPING = 2.0  # seconds


def application(station: Station) -> Starlette:
    """The requests of terminals, whatever the case of their parameters."""

    async def cdata(request: Request) -> Response:
        if request.method == "GET":
            return _text(station.begin(_serial(request)))
        body = await _body(request)
        take = station.take_events if _parameter(request, "table").upper() == "ATTLOG" else station.upload
        return _text(take(_serial(request), body))

    async def getrequest(request: Request) -> Response:
        return _text(station.poll(_serial(request), _parameter(request, "info")))

    async def devicecmd(request: Request) -> Response:
        return _text(station.acknowledge(_serial(request), await _body(request)))

    async def ping(_: Request) -> Response:
        return _text(Reply("OK"))

    return Starlette(
        routes=[
            Route("/iclock/cdata", cdata, methods=["GET", "POST"]),
            Route("/iclock/getrequest", getrequest, methods=["GET"]),
            Route("/iclock/devicecmd", devicecmd, methods=["POST"]),
            Route("/iclock/ping", ping, methods=["GET"]),
        ]
    )


@contextmanager
def listening(station: Station, listen: str) -> Iterator[str]:
    """Listen at HOST:PORT until the end; the address, with the port that a 0 became. Raises OSError."""
    host, _, port = listen.rpartition(":")
    with socket.create_server(
        (host.strip("[]"), int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET
    ) as listener:
        config = uvicorn.Config(
            application(station),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            limit_concurrency=AT_ONCE,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), name="adms-station", daemon=True)
        thread.start()
        try:
            yield f"{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(STOPPING)


def _text(reply: Reply) -> Response:
    return PlainTextResponse(reply.text, reply.status)


def _serial(request: Request) -> str:
    return _parameter(request, "sn")


def _parameter(request: Request, name: str) -> str:
    return next((value for key, value in request.query_params.items() if key.lower() == name), "")


async def _body(request: Request) -> str:
    data = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            async for chunk in request.stream():
                data += chunk
                if len(data) > BODY:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    return data.decode(errors="replace")
