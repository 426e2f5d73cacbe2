"""Inputs for dates and times."""

from __future__ import annotations

from django import forms

from doorsync.hub.web.moment_input import MomentInput


def test_input_has_its_type_and_no_greatest_length_which_its_field_keeps() -> None:
    class Form(forms.Form):
        day = forms.CharField(max_length=10, widget=MomentInput("date"))

    assert 'type="date"' in str(Form()["day"])
    assert "maxlength" not in str(Form()["day"])
    assert not Form({"day": "2026-12-28T09:00"}).is_valid()
