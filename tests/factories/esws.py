"""Calls operations of the SOAP service as programs do, in this process: written as XML, answered by the service, read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from doorsync.hub.esws.call_batches import replies
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.service import Request, answer
from tests.factories import soap
from tests.factories.world import SAMPLE_CODE

Values = Mapping[str, Any]


def written(operation: str, given: Values) -> bytes:
    """The message, with an element for each of these values; a mapping becomes a struct, None is left out."""
    inside = "".join(_element(name, value) for name, value in given.items() if value is not None)
    return soap.call(inside, f"Esws.{operation}").encode()


def send(operation: str, code: str = SAMPLE_CODE, **given: Any) -> ElementTree.Element:
    """The return element of the answer."""
    request = Request(body=written(operation, {"p_companyID": code, **given}), content_type="text/xml; charset=utf-8")
    reply = replies([request], OPERATIONS)[0] or answer(request, OPERATIONS)  # as the application asks: together if it can be
    assert reply.status == 200, reply.body
    returned = ElementTree.fromstring(reply.body).find(".//return")
    assert returned is not None
    return returned


def call(operation: str, code: str = SAMPLE_CODE, **given: Any) -> str:
    """The return string."""
    return send(operation, code, **given).text or ""


def rows(operation: str, code: str = SAMPLE_CODE, **given: Any) -> list[dict[str, str]]:
    """The items of a returned array, each as its fields."""
    return [{field.tag: field.text or "" for field in item} for item in send(operation, code, **given)]


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(key, each) for key, each in value.items())}</{name}>"
    return f"<{name}>{soap.text(str(value))}</{name}>"
