"""The demo's people: the same in every demo, and changed as its story says."""

from __future__ import annotations

from datetime import date

from doorsync.hub.entry.demo import people

DAY = date(2026, 11, 23)


def test_people_are_the_same_every_time() -> None:
    assert people.as_csv(people.before(DAY)) == people.as_csv(people.before(DAY))
    assert people.as_csv(people.after(DAY)) == people.as_csv(people.after(DAY))


def test_some_came_some_changed_some_left() -> None:
    before = {person.id: person for person in people.before(DAY)}
    after = {person.id: person for person in people.after(DAY)}

    assert len(before) == 250
    assert len(after.keys() - before.keys()) == 14
    assert len(before.keys() - after.keys()) == 6
    assert sum(before[each] != after[each] for each in before.keys() & after.keys()) == 9


def test_nobody_shares_a_card_or_a_name() -> None:
    after = people.after(DAY)
    cards = [card for person in after for card in person.cards]
    names = [(person.first_name, person.last_name) for person in after]

    assert len(set(cards)) == len(cards)
    assert len(set(names)) == len(names)


def test_cleaners_are_left_alone() -> None:
    """The saved filter leaves them out: so Sync brings everything that changed."""

    def cleaners(made: list[people.Person]) -> list[people.Person]:
        return [person for person in made if "Cleaners" in person.groups]

    assert cleaners(people.before(DAY)) == cleaners(people.after(DAY))
