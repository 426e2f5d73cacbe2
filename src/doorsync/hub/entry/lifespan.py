"""What starts and ends with the server: the clock that lets dates take effect, and the ear for other hub processes."""

from __future__ import annotations

import threading
from typing import Any


async def live(receive: Any, send: Any) -> None:
    """Speak ASGI's lifespan protocol; the threads work in between."""
    from doorsync.hub.courier.calling import keep_listening
    from doorsync.hub.sync.tick import keep_ticking

    stop = threading.Event()
    while not stop.is_set():
        event = (await receive())["type"]
        if event == "lifespan.startup":
            for work in (keep_ticking, keep_listening):
                threading.Thread(target=work, args=(stop,), name=work.__name__, daemon=True).start()
        else:
            stop.set()
        await send({"type": f"{event}.complete"})
