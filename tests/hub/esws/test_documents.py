from __future__ import annotations

import pytest

from doorsync.hub.esws.documents import MARKS, PER_ELEMENT, document
from doorsync.hub.esws.errors import Doctype, Malformed, TooComplex


@pytest.mark.parametrize(
    "text",
    [
        "<a>ad<!-- -->min</a>",
        "<a>ad<?pi x?>min</a>",
        "<a><![CDATA[ad]]>min</a>",
        "<a><!-- --><?pi?>ad<![CDATA[min]]><!----></a>",
        "<a>&#97;d&#x6d;in</a>",
    ],
)
def test_document_keeps_a_value_whole(text: str) -> None:
    assert document(text).text == "admin"


@pytest.mark.parametrize("text", ["", "a", "<a>", "<a></b>", "<a>&x;</a>", "<a>\0</a>", "<a/><a/>", "<a b='1' b='2'/>", "<p:a/>"])
def test_document_refuses_what_is_not_xml(text: str) -> None:
    with pytest.raises(Malformed):
        document(text)


@pytest.mark.parametrize("inside", ["", "[]", '[<!ENTITY x "y">]', ' SYSTEM "file:///etc/passwd"', ' PUBLIC "x" "y"'])
def test_document_refuses_a_doctype(inside: str) -> None:
    with pytest.raises(Doctype):
        document(f"<!DOCTYPE a {inside}><a/>")


def test_document_accepts_the_word_doctype_in_a_value() -> None:
    assert document("<a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


def test_document_bounds_levels() -> None:
    assert document("<a>" * 255 + "</a>" * 255) is not None
    with pytest.raises(TooComplex):
        document("<a>" * 257 + "</a>" * 257)


def test_document_bounds_attributes_of_an_element() -> None:
    attributes = [f' a{number}="1"' for number in range(PER_ELEMENT + 1)]

    assert len(document(f"<a><b{''.join(attributes[1:])}/></a>")[0].attrib) == PER_ELEMENT
    with pytest.raises(TooComplex):
        document(f"<a><b{''.join(attributes)}/></a>")


def test_document_bounds_namespaces_of_an_element() -> None:
    namespaces = [f' xmlns:a{number}="u:{number}"' for number in range(PER_ELEMENT + 1)]

    assert len(document(f"<a><b{''.join(namespaces[1:])}/></a>")[0].nsmap) == PER_ELEMENT
    with pytest.raises(TooComplex):
        document(f"<a><b{''.join(namespaces)}/></a>")
    assert document(f"<a{''.join(namespaces[1:])}><b {''.join(namespaces[1:])}/></a>") is not None


@pytest.mark.parametrize("part", ["<b/>", "<!---->", "<b c='1' d=\"2\"/>"])
def test_document_bounds_all_marks_together(part: str) -> None:
    with pytest.raises(TooComplex):
        document(f"<a>{part * MARKS}</a>")


def test_document_refuses_a_name_that_never_ends() -> None:
    with pytest.raises(TooComplex):
        document(f"<{'a' * 60_000}/>")
