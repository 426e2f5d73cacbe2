"""The virtual terminal's protocol: one JSON object a line, a request with an id and its answer with the same id.

Bytes in, bytes out; no sockets. The README beside it describes the requests. Several may be sent before the first answer;
answers come in the order of the requests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from doorsync.drivers.virtual.errors import VirtualTerminalError

MAX_LINE = 1024 * 1024  # bytes; longer lines are nobody's
PAGE = 500  # entries in one answer, keys in one request


class Garbled(VirtualTerminalError):
    """The line is not one of this protocol."""


def encode(message: Mapping[str, Any]) -> bytes:
    """A line, with its end."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """The object in a line. Raises Garbled; texts are checked to be ones that can be stored and shown."""
    try:
        message = json.loads(line)
        json.dumps(message, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise Garbled from error
    if not isinstance(message, dict) or type(message.get("id")) is not int:
        raise Garbled
    return message


def split(buffer: bytes) -> tuple[list[bytes], bytes]:
    """The whole lines in what has come so far, and the rest. Raises Garbled when the rest can be no line any more."""
    *lines, rest = buffer.split(b"\n")
    if len(rest) > MAX_LINE or any(len(line) > MAX_LINE for line in lines):
        raise Garbled
    return lines, rest


def granted(number: int, **content: Any) -> bytes:
    """The answer to a request that was carried out."""
    return encode({"id": number, "ok": True, **content})


def denied(number: int, code: str) -> bytes:
    """The answer to a request that was not."""
    return encode({"id": number, "ok": False, "error": code})
