"""The service that people are read from: what is no answer of it is named, and its code goes nowhere in clear."""

from __future__ import annotations

import pytest

from doorsync.hub.imports.esws_service import EswsNotRead, service_at
from tests.hub.imports.test_esws_import import CODE, answering

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"<html>no</html", "no XML"),
        (b"<html/>", "no answer of ESWS"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><return>&x;</return>', "document type declaration"),
        (b"<a><return><item><GroupId>ERROR_NO_SECURITY_HASH</GroupId></item></return></a>", "ERROR_NO_SECURITY_HASH"),
        ("<a><return><item><GroupId>für</GroupId></item></return></a>".encode(), "says an error"),
    ],
)
def test_a_service_that_does_not_answer_rightly_is_named(answer: bytes, text: str) -> None:
    with answering(lambda _: answer) as service, pytest.raises(EswsNotRead, match=text) as error:
        service.groups()
    assert "secret-code" not in str(error.value)


def test_a_service_that_repeats_its_first_page_is_not_read_for_ever() -> None:
    page = b"<a><return>%s</return></a>" % (b"<item><UserId>1</UserId></item>" * 1000)
    with answering(lambda _: page) as service, pytest.raises(EswsNotRead, match="same page"):
        list(service.users())


@pytest.mark.parametrize("address", ["http://ws.example.com/x", "ftp://ws.example.com/x", "ws.example.com/x", ""])
def test_the_code_goes_nowhere_in_clear(address: str) -> None:
    with pytest.raises(EswsNotRead):
        service_at(address, CODE)
