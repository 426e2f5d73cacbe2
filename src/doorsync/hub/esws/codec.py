"""The codec: bytes to calls, results and faults to bytes. Pure; it runs nothing and knows no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doorsync.hub.esws.charset import readings
from doorsync.hub.esws.declarations import Operation, chosen_operation
from doorsync.hub.esws.documents import document
from doorsync.hub.esws.elements import attribute, escaped
from doorsync.hub.esws.envelope import read_envelope
from doorsync.hub.esws.errors import Fault, NoSuchOperation
from doorsync.hub.esws.namespaces import ENCODING, ENVELOPE, ESWS, RETURN, XSD, XSI
from doorsync.hub.esws.values import ArrayOf, Pages

# Attribute by attribute as the original writes it.
OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<SOAP-ENV:Envelope SOAP-ENV:encodingStyle="{ENCODING}" xmlns:SOAP-ENV="{ENVELOPE}" xmlns:xsd="{XSD}" '
    f'xmlns:xsi="{XSI}" xmlns:SOAP-ENC="{ENCODING}"><SOAP-ENV:Body>'
)
CLOSING = "</SOAP-ENV:Body></SOAP-ENV:Envelope>"


@dataclass(frozen=True, slots=True)
class Call:
    """An operation with its arguments, and the namespace that the answer repeats."""

    operation: Operation
    namespace: str
    arguments: Mapping[str, Any] = field(repr=False)


def possible_calls(body: bytes, content_type: str, action: str, operations: Mapping[str, Operation]) -> Iterator[Call]:
    """The calls that the bytes may stand for, the likelier first; hardly ever more than one. Raises Fault."""
    for text in readings(body, content_type):
        found = read_envelope(document(text))
        operation = chosen_operation(operations, found.name, action)
        if operation is None:
            raise NoSuchOperation
        yield Call(operation, found.namespace or ESWS, operation.arguments(found.children))


def response(call: Call, value: Any) -> bytes:
    """The answer to a call."""
    return b"".join(response_parts(call, value))


def response_parts(call: Call, value: Any) -> Iterator[bytes]:
    """The same, in parts where the value comes in pages."""
    tag, returns = f"ns1:{call.operation.name}Response", call.operation.returns
    yield _ascii(f"{OPENING}<{tag} xmlns:ns1={attribute(call.namespace)}>")
    if isinstance(value, Pages) and isinstance(returns, ArrayOf):
        yield from map(_ascii, returns.write_pages(RETURN, value))
    else:
        yield _ascii(returns.write(RETURN, value))
    yield _ascii(f"</{tag}>{CLOSING}")


def fault(refused: Fault) -> bytes:
    """The envelope of a fault."""
    code = f"<faultcode>SOAP-ENV:{refused.code}</faultcode>"
    return _envelope(f"<SOAP-ENV:Fault>{code}<faultstring>{escaped(refused.message)}</faultstring></SOAP-ENV:Fault>")


def _envelope(content: str) -> bytes:
    return _ascii(OPENING + content + CLOSING)


def _ascii(text: str) -> bytes:
    """The text in ASCII with character references, which every client reads whatever encoding it expects."""
    return text.encode("ascii", "xmlcharrefreplace")
