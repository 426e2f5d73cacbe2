"""What starts and ends with the server: the clock that lets start and expiry dates take effect."""

from __future__ import annotations

import threading
from typing import Any


async def live(receive: Any, send: Any) -> None:
    """Speak ASGI's lifespan protocol; the clock ticks in a thread of its own in between."""
    from doorsync.hub.sync.tick import keep_ticking

    stop = threading.Event()
    clock = threading.Thread(target=keep_ticking, args=(stop,), name="clock", daemon=True)
    while True:
        event = (await receive())["type"]
        if event == "lifespan.startup":
            clock.start()
        else:
            stop.set()
        await send({"type": f"{event}.complete"})
        if stop.is_set():
            return
