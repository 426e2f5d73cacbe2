from __future__ import annotations

import pytest

from doorsync.hub.esws.documents import MARKS, PER_ELEMENT, document
from doorsync.hub.esws.errors import Doctype, ForbiddenCharacter, Malformed, TooComplex


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


@pytest.mark.parametrize("text", ["", "a", "<a>", "<a></b>", "<a>&x;</a>", "<a/><a/>", "<a b='1' b='2'/>", "<p:a/>"])
def test_document_refuses_what_is_not_xml(text: str) -> None:
    with pytest.raises(Malformed):
        document(text)


@pytest.mark.requirement("D-04", mutation="_fault() answering Malformed, with advice about & and <, for a vertical tab")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<a>\n\nx\x0by</a>", "U+000B (vertical tab) in line 3."),
        ("<a>\0</a>", "U+0000 (NUL) in line 1."),
        ('<a b="\n\x1f"/>', "U+001F (unit separator) in line 2."),
        ("<a><![CDATA[\n\x01]]></a>", "U+0001 (control character) in line 2."),
        ("<a><!--\n\x0c--></a>", "U+000C (form feed) in line 2."),
        ("<a>\n&#11;</a>", "U+000B (vertical tab) in line 2, as &#11;."),
        ("<a>&#x0B;</a>", "U+000B (vertical tab) in line 1, as &#x0B;."),
        ("<a>&#xD800;</a>", "U+D800 (no letter) in line 1, as &#xD800;."),
        ("<a>\ufffe</a>", "U+FFFE (no letter) in line 1."),
    ],
)
def test_character_that_xml_does_not_take_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ForbiddenCharacter) as refused:
        document(text)
    assert said in str(refused.value)
    assert "&amp;" not in str(refused.value)


@pytest.mark.parametrize("text", ["<a>\t\n\r\x7f\x85\u2028</a>", "<a>&#9;&#10;&#13;</a>", "<a><![CDATA[&#11;]]></a>"])
def test_other_control_characters_are_data(text: str) -> None:
    assert document(text).text


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
