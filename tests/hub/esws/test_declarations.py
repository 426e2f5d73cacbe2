from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from doorsync.hub.esws.declarations import Operation, Parameter, chosen_operation
from doorsync.hub.esws.errors import GivenTwice, WrongValue
from doorsync.hub.esws.values import INTEGER, STRING

UPDATE = Operation(
    name="Esws.update",
    about="",
    parameters=(
        Parameter("p_companyID", "code", STRING),
        Parameter("p_Id", "number", INTEGER),
        Parameter("p_PIN", "pin", STRING, required=False),
    ),
    returns=STRING,
    run=str,
)


def arguments(inside: str) -> dict[str, Any]:
    return UPDATE.arguments(list(etree.fromstring(f'<op xmlns:uen="uen:esws" xmlns:o="urn:other">{inside}</op>')))


@pytest.mark.parametrize(
    "inside",
    [
        "<p_companyID>c</p_companyID><p_Id>7</p_Id><p_PIN>9</p_PIN>",
        "<p_PIN>9</p_PIN><p_companyID>c</p_companyID><p_Id>7</p_Id>",
        "<uen:p_companyID>c</uen:p_companyID><uen:p_Id>7</uen:p_Id><uen:p_PIN>9</uen:p_PIN>",
        "<o:p_PIN>9</o:p_PIN><uen:p_companyID>c</uen:p_companyID><p_Id>7</p_Id>",
        "<p_companyId>c</p_companyId><P_ID>7</P_ID><p_pin>9</p_pin>",
        "<pPIN>9</pPIN><pCompanyID>c</pCompanyID><pId>7</pId>",
        "<uen:arg0>c</uen:arg0><uen:arg1>7</uen:arg1><uen:arg2>9</uen:arg2>",
        "<c-gensym3>c</c-gensym3><c-gensym5>7</c-gensym5><c-gensym7>9</c-gensym7>",
        "<item>c</item><item>7</item><item>9</item>",
        "<p_companyID>c</p_companyID><p_userID>7</p_userID><p_PIN>9</p_PIN>",
        "<token>x</token><p_companyID>c</p_companyID><p_Id>7</p_Id><p_PIN>9</p_PIN>",
        "<p_companyID>c</p_companyID><p_Id>7</p_Id><p_PIN>9</p_PIN><more>x</more>",
        "<a>c</a><b>7</b><c>9</c><d>x</d>",
    ],
)
def test_arguments_are_found_by_name_or_by_place(inside: str) -> None:
    assert arguments(inside) == {"code": "c", "number": 7, "pin": "9"}


@pytest.mark.parametrize("inside", ["<p_PIN>9</p_PIN>", "<p_PIN>9</p_PIN><p_companyID/><p_Id/>"])
def test_arguments_that_are_not_given_are_empty(inside: str) -> None:
    assert arguments(inside) == {"code": "", "number": None, "pin": "9"}


@pytest.mark.parametrize(
    "inside", ["<p_PIN>1</p_PIN><p_PIN>2</p_PIN>", "<p_PIN>1</p_PIN><o:p_pin>1</o:p_pin>", "<p_PIN/><p_Id/><p_PIN>1</p_PIN>"]
)
def test_arguments_refuse_a_parameter_given_twice(inside: str) -> None:
    with pytest.raises(GivenTwice):
        arguments(inside)


def test_arguments_refuse_values_of_other_types_by_their_name() -> None:
    with pytest.raises(WrongValue, match="It is p_Id"):
        arguments("<p_Id>seven</p_Id>")
    with pytest.raises(GivenTwice, match="It is p_PIN"):
        arguments("<p_PIN>1</p_PIN><p_PIN>1</p_PIN>")


@pytest.mark.parametrize(
    "inside",
    [
        "<p_companyID>c</p_companyID><p_Id>7</p_Id><p_email>9</p_email>",
        "<p_Id>7</p_Id><p_companyID>c</p_companyID><p_email>9</p_email>",
        "<p_companyID>c</p_companyID><p_email>9</p_email><p_Id>7</p_Id>",
        "<p_email>9</p_email><p_companyID>c</p_companyID><p_Id>7</p_Id>",
    ],
)
@pytest.mark.requirement("S-01", mutation="a parameter that is not ours is taken for the one of its place")
def test_a_parameter_that_is_not_ours_is_not_taken_for_one_that_is_left_out(inside: str) -> None:
    assert arguments(inside) == {"code": "c", "number": 7, "pin": ""}


NAMED = "<p_companyID>c</p_companyID><p_Id>7</p_Id>"


@pytest.mark.parametrize(
    ("inside", "card", "name"),
    [
        (f"{NAMED}<p_email>9</p_email>", "", ""),
        (f"{NAMED}<p_email>9</p_email><p_more>8</p_more>", "9", "8"),
        (f"{NAMED}<p_email>9</p_email><p_age>5</p_age><p_name>8</p_name>", "", "8"),
    ],
)
@pytest.mark.requirement("S-01", mutation="a misspelt parameter of a call with a few fields taken for the PIN of the user")
def test_a_foreign_name_counts_as_the_last_one_only_where_all_that_is_needed_is_there(inside: str, card: str, name: str) -> None:
    more = (
        Parameter("p_PIN", "card", STRING),
        Parameter("p_name", "name", STRING),
        Parameter("p_age", "age", STRING, required=False),
    )
    operation = replace(UPDATE, parameters=(*UPDATE.parameters[:2], *more))

    found = operation.arguments(list(etree.fromstring(f"<op>{inside}</op>")))
    assert (found["card"], found["name"]) == (card, name)


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("Esws.update", ""),
        ("Esws.update", '"urn:something#else"'),
        ("Esws.update", '"uen:esws#Esws.delete"'),
        ("Eswsupdate", '"uen:esws#Esws.update"'),
        ("Eswsupdate", "uen:esws#Esws.update"),
        ("Eswsupdate", ' "https://hub.example.com/webservicesesws/Esws.update" '),
        ("Eswsupdate", "'Esws.update'"),
    ],
)
def test_chosen_goes_by_the_body_first_and_the_soap_action_then(name: str, action: str) -> None:
    delete = Operation(name="Esws.delete", about="", parameters=(), returns=STRING, run=UPDATE.run)

    assert chosen_operation({"Esws.update": UPDATE, "Esws.delete": delete}, name, action) is UPDATE


@pytest.mark.parametrize(
    ("name", "action"), [("Eswsupdate", ""), ("Eswsupdate", '""'), ("x", "Esws.updated"), ("x", "Esws.update/")]
)
def test_chosen_finds_nothing_else(name: str, action: str) -> None:
    assert chosen_operation({"Esws.update": UPDATE}, name, action) is None


def test_chosen_answers_to_an_alias_too() -> None:
    aliased = replace(UPDATE, aliases=("Esws.updaet",))

    assert chosen_operation({"Esws.update": aliased}, "Esws.updaet", "") is aliased
    assert chosen_operation({"Esws.update": aliased}, "Esws.upd", "") is None
