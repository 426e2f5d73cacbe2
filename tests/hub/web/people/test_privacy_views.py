"""All that is known of a person, taken along from their page."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.privacy.person_file import PersonFile
from doorsync.hub.users.models import User
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor


@pytest.fixture
def anna(club: Gym) -> User:
    return club.add("Vries", club.members, first_name="Anna", card="1234567890")


def test_the_page_leads_to_the_file(visitor: Visitor, anna: User) -> None:
    assert f'href="/people/{anna.number}/data.json"' in visitor.get(f"/people/{anna.number}/").content.decode()
    answer = visitor.get(f"/people/{anna.number}/data.json")
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == f'attachment; filename="person-{anna.number}.json"'
    assert PersonFile.model_validate_json(answer.content).person.first_name == "Anna"


@pytest.mark.parametrize(("may_see", "value"), [(False, "••••90"), (True, "1234567890")])
def test_cards_are_in_it_as_far_as_they_may_be_seen(visitor: Visitor, anna: User, may_see: bool, value: str) -> None:
    Administrator.objects.update(sees_credentials=may_see)
    made = PersonFile.model_validate_json(visitor.get(f"/people/{anna.number}/data.json").content)
    assert [each.value for each in made.credentials] == [value]


@pytest.mark.requirement("W-04", mutation="`export_data` with Permission.PEOPLE")
def test_the_front_desk_is_not_offered_it(club: Gym, visitor: Visitor, anna: User) -> None:
    with scope(company=club.company):
        Administrator.objects.update(level=Level.FRONT_DESK)
    assert "data.json" not in visitor.get(f"/people/{anna.number}/").content.decode()
    assert visitor.get(f"/people/{anna.number}/data.json").status_code == 403


def test_nobody_is_404(visitor: Visitor) -> None:
    assert visitor.get("/people/987654/data.json").status_code == 404
