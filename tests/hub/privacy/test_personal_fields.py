"""No field of the hub is forgotten when a person is erased."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from doorsync.hub.privacy.personal_fields import AT_ONCE, KEPT, NOT_PERSONAL, WITH_THE_LAST_DOOR, WITH_THE_PERSON, named_fields

PARTS = (WITH_THE_PERSON, AT_ONCE, WITH_THE_LAST_DOOR, KEPT, NOT_PERSONAL)
WITHOUT_TEXT = (
    models.BooleanField,
    models.DateField,
    models.ForeignKey,
    models.IntegerField,
    models.AutoField,
    models.GeneratedField,
    models.CompositePrimaryKey,
)
OURS = [each for each in apps.get_models(include_auto_created=True) if each.__module__.startswith("doorsync.")]


@pytest.mark.requirement("P-01", mutation="`phone` left out of the personal fields of a user")
@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_that_can_hold_text_is_named(model: type[models.Model]) -> None:
    fields = {field.name: field for field in model._meta.fields}
    texts = {name for name, field in fields.items() if not isinstance(field, WITHOUT_TEXT)}
    named = named_fields(model._meta.label)
    assert texts - named == set(), "say in hub/privacy/personal_fields.py what becomes of it when a person is erased"
    assert named - fields.keys() == set(), "there is no such field any more"


def test_every_model_that_is_named_is_there() -> None:
    assert {label for part in PARTS for label in part} <= {model._meta.label for model in OURS}


def test_no_field_is_named_twice() -> None:
    for label in {label for part in PARTS for label in part}:
        named = [name for part in PARTS for name in part.get(label, ())]
        assert sorted(set(named)) == sorted(named), label
