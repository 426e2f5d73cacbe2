"""Names of things are kept in one form, and something of them can be seen."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from doorsync.hub.ui.forms import NameField


@pytest.mark.parametrize(
    ("typed", "kept"), [(" Cafe\u0301 ", "Café"), ("\u200fשער\u200f", "שער"), ("Front\u00a0door", "Front door")]
)
def test_name_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert NameField(max_length=100).clean(typed) == kept


@pytest.mark.requirement("D-04", mutation="NameField without validate()")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("\u3164", "no letter that can be seen"),
        ("\u2800 \u2800", "no letter that can be seen"),
        ("\u200b", "required"),
        ("\u202eroodtnorF", "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("Front\x0bdoor", "U+000B (vertical tab)"),
    ],
)
def test_name_that_cannot_be_seen_or_kept_is_refused(typed: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace("(", r"\(").replace(")", r"\)").replace("+", r"\+")):
        NameField(max_length=100).clean(typed)


def test_name_may_be_left_out_where_it_is_not_required() -> None:
    assert NameField(max_length=100, required=False).clean("") == ""
