"""What a proxy in front of the hub does wrong, and settings that do not fit it: told in words that name our own settings.

Each is logged once in a while, not with every request, and kept in a file, so that `hub check` can tell it too.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import structlog

from doorsync.files import atomic
from doorsync.files.lock import wait_for_lock
from doorsync.hub.settings.config import config

PAUSE = 600.0  # seconds in which the same is told once
FEW = 5  # faults in that time, and in the file: whoever sends a made-up Host with each request fills nothing
KEPT_DAYS = 7
LONGEST = 100  # characters of what came
UNSAFE = re.compile(r"[^A-Za-z0-9.:/\[\]_-]")
log = structlog.get_logger()
_told: dict[str, float] = {}
_lock = Lock()


def shown_text(text: str) -> str:
    """What came from outside, fit for a log, a file and a page: other characters than those of addresses become `?`."""
    short = UNSAFE.sub("?", text[:LONGEST])
    return short + ("..." if len(text) > LONGEST else "") or "(none)"


def wrong_host(host: str) -> str:
    """Programs or people came with a Host that is not the hub's."""
    return _tell(
        f"A request came for the host {shown_text(host)}, but DOORSYNC_PUBLIC_URL is {config().origin}. Let the proxy hand on "
        "the Host that the browser sent (nginx: proxy_set_header Host $host;), or set DOORSYNC_PUBLIC_URL to what people use.",
    )


def wrong_origin(origin: str) -> str:
    """A browser says that a page of the hub came from another scheme, name or port than the setting has."""
    return _tell(
        f"People open the hub at {shown_text(origin)}, but DOORSYNC_PUBLIC_URL is {config().origin}. "
        "Set DOORSYNC_PUBLIC_URL to the address that people use, with its scheme and port.",
    )


def hidden_origin() -> str:
    """A browser does not say which page a form came from, and is too old to say it in another way."""
    return _tell(
        "A form came without the address of its page. A proxy that adds 'Referrer-Policy: no-referrer' to the hub's answers "
        "makes browsers do so: let it leave that header as the hub sends it.",
    )


def removed_origin() -> str:
    """A form came without any of the headers by which browsers say where it is from."""
    return _tell(
        "A form came without Origin and Sec-Fetch-Site, one of which every browser sends. A proxy that takes them out of "
        "requests hides where forms come from: let it hand on both.",
    )


def lost_cookie() -> str:
    """A browser asks for the page of a session that was just opened, without its cookie."""
    return _tell(
        "A browser came without the cookie of a session that was opened a moment before. If this happens to everybody, a proxy "
        "takes out Set-Cookie or Cookie, or gives cookies another path or domain: let it leave them as they are.",
    )


def forwarded_for(peer: str) -> str:
    """An address that is not among the trusted proxies names callers for whom it speaks."""
    return _tell(
        f"X-Forwarded-For came from {shown_text(peer)}, which is not in DOORSYNC_TRUSTED_PROXIES, so it is not believed. "
        "If that is your proxy, add its network: until then everybody behind it counts as one caller.",
    )


def forwarded_proto() -> str:
    """The proxy says that people come with TLS, and the setting says that they do not."""
    return _tell(
        f"The proxy says that people come with https, but DOORSYNC_PUBLIC_URL is {config().origin}. "
        "Set DOORSYNC_PUBLIC_URL to the address that people use, beginning with https.",
    )


def close_to_ours(origin: str) -> bool:
    """Whether this differs from our own origin in scheme or port only: then no stranger's page is to blame."""
    try:
        host = urlsplit(origin).hostname
    except ValueError:  # no browser writes such an origin
        return False
    return host is not None and host in {urlsplit(ours).hostname for ours in config().origins}


def recent_faults() -> list[str]:
    """What was told within a week, one sentence each with its moment: for `hub check`."""
    now = datetime.now(UTC)
    found = [(at, says) for says, at in _read().items() if abs((now - datetime.fromisoformat(at)).days) < KEPT_DAYS]
    return [f"Seen at {at[:16].replace('T', ' ')} UTC: {says}" for at, says in sorted(found)]


def _tell(sentence: str) -> str:
    """The sentence, logged and kept unless it was told a moment ago."""
    if _is_news(sentence):
        log.warning(sentence)
        with suppress(OSError):  # a folder that cannot be written is told by others
            _keep(sentence)
    return sentence


def _is_news(sentence: str) -> bool:
    now = time.monotonic()
    with _lock:
        for old in [each for each, at in _told.items() if now - at >= PAUSE]:
            del _told[old]
        if sentence in _told or len(_told) >= FEW:
            return False
        _told[sentence] = now
    return True


def _file() -> Path:
    return config().data / "proxy-faults.json"


def _read() -> dict[str, str]:
    """Sentence -> moment."""
    try:
        kept = json.loads(_file().read_text())
        return {str(says): datetime.fromisoformat(at).isoformat() for says, at in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(sentence: str) -> None:
    with wait_for_lock(_file().with_suffix(".lock")):
        kept = {**_read(), sentence: datetime.now(UTC).isoformat(timespec="seconds")}
        newest = sorted(kept, key=lambda each: kept[each])[-FEW:]
        atomic.write(_file(), json.dumps({each: kept[each] for each in newest}), durable=False)
