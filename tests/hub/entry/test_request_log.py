"""Which requests are logged, and which would only fill the disk."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from doorsync.hub.entry.request_log import with_request_lines


@pytest.mark.parametrize(
    ("path", "status", "lines"),
    [("/courier/wait", 200, 0), ("/courier/wait", 409, 1), ("/courier/next", 200, 1), ("/sign-in/", 200, 1)],
)
def test_each_request_has_a_line_but_an_idle_wait(path: str, status: int, lines: int) -> None:
    async def answered(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status})

    async def ignored(message: Any = None) -> None:
        pass

    with capture_logs() as logged:
        asyncio.run(with_request_lines(answered)({"type": "http", "method": "POST", "path": path}, ignored, ignored))

    assert [line["status"] for line in logged] == [status] * lines
