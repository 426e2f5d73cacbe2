"""A club with two doors that is in sync, and random changes to it: made in the hub, and noted in the naive model."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities, KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.access.models import AccessRight
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.truth import Memory, Person, Truth

CHANGES = {"card": 4, "swap": 2, "add": 3, "remove": 3, "rename": 3, "regroup": 3, "date": 3, "right": 1, "back": 5}


@dataclass
class Club:
    """The company, its agent with the terminals' memory, and the truth about it.

    `last` is the last number given, `before` who was changed last, and what he was before. `names` are the terminals'.
    """

    gym: Gym
    there: Counterpart
    truth: Truth
    last: int = 0
    before: tuple[str, Person] | None = None
    cards: int = 100
    places: bool = False  # the terminals keep entries under keys of their own

    def memory(self, name: str) -> Memory:
        """What a terminal holds, under the hub's keys: people are known by the number in their name."""
        here = self.there.devices[name].memory
        if not self.places:
            return here
        found: Memory = {}
        for (kind, key), fields in here.items():
            if kind is Kind.SCHEDULE:
                found[self.truth.schedule] = fields
                continue
            place = kind, self.hub_key(fields)
            named = fields["schedules"]
            assert isinstance(named, list)
            known = [self.truth.schedule[1] for each in named if (Kind.SCHEDULE, each) in here]
            twice = {"cards": ["twice"]} if place in found else {}
            found[place] = {**fields, "schedules": known, **twice}
            assert not self.truth.only_cards or fields["cards"] == [key]
        return found

    def hub_key(self, fields: Mapping[str, object]) -> str:
        """Whose record this is."""
        return str(fields["name"]).split()[-1]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(terminal.public_id for terminal in self.gym.terminals)

    def again(self) -> Club:
        """The same for another schedule, which must not touch this one's memory."""
        there = copy.copy(self.there)
        there.devices, there.happened = copy.deepcopy(self.there.devices), Counter()
        return Club(self.gym, there, copy.deepcopy(self.truth), self.last, cards=self.cards, places=self.places)

    def change(self, dice: random.Random) -> str:
        """Change something; returns what."""
        kind = dice.choices(list(CHANGES), list(CHANGES.values()))[0] if self.truth.people else "add"
        if kind == "back" and not self.before:
            kind = "regroup"
        with transaction.atomic(), scope(company=self.gym.company):
            return f"{kind} {getattr(self, f'_{kind}')(dice)}"

    def add(self, *groups: str, starts: str = "", expires: str = "") -> str:
        self.last += 1
        person = Person(f"Person {self.last}", set(groups), starts, expires)
        self.truth.people[str(self.last)] = person
        rows = [group for group in (self.gym.members, self.gym.staff) if group.name in groups]
        self.gym.add(person.name, *rows, number=self.last, starts=starts, expires=expires)
        return f"{self.last} {person}"

    def _add(self, dice: random.Random) -> str:
        wall = {dice.choice(("starts", "expires")): dice.choice(("", self._wall(dice)))}
        return self.add(dice.choice(("Members", "Staff")), **wall)

    def _remove(self, dice: random.Random) -> str:
        user, key = self._pick(dice)
        del self.truth.people[key]
        self.before = None
        self.gym.remove(user)
        return key

    def _rename(self, dice: random.Random) -> str:
        user, key = self._pick(dice)
        self.truth.people[key].name = f"{dice.choice(('Person', 'Renamed'))} {key}"
        self.gym.rename(user, self.truth.people[key].name)
        return key

    def _regroup(self, dice: random.Random) -> str:
        user, key = self._pick(dice)
        group = dice.choice((self.gym.members, self.gym.staff))
        if not user.memberships.filter(group=group).delete()[0]:
            user.memberships.create(company=self.gym.company, group=group)
        self.truth.people[key].groups ^= {group.name}
        self.gym.tell(user)
        return f"{key} {group}"

    def _date(self, dice: random.Random) -> str:
        user, key = self._pick(dice)
        which, wall = dice.choice(("starts", "expires")), dice.choice(("", self._wall(dice), self._wall(dice)))
        setattr(self.truth.people[key], which, wall)
        User.objects.filter(pk=user.pk).update(**{which: wall})
        self.gym.tell(user)
        return f"{key} {which} {wall}"

    def _card(self, dice: random.Random) -> str:
        """Somebody gets a new card, or has none any more."""
        user, key = self._pick(dice)
        self.cards += 1
        self.truth.people[key].card = dice.choice(("", str(self.cards)))
        self._give(user, key)
        self.gym.tell(user)
        return f"{key} has {self.truth.people[key].card or 'none'}"

    def _swap(self, dice: random.Random) -> str:
        """Two people swap their cards; where one has none, it is handed on."""
        (one, first), (other, second) = self._pick(dice), self._pick(dice)
        people = self.truth.people
        people[first].card, people[second].card = people[second].card, people[first].card
        self.before = None
        other.credentials.all().delete()
        self._give(one, first)
        self._give(other, second)
        self.gym.tell(one, other)
        return f"{first} and {second}"

    def _give(self, user: User, key: str) -> None:
        user.credentials.all().delete()
        if card := self.truth.people[key].card:
            world.credential(user, "card", card)

    def _right(self, dice: random.Random) -> str:
        """Members open the second door too, or no longer; or the same with the staff and the first."""
        group, place = dice.choice(((self.gym.members, 1), (self.gym.staff, 0)))
        zone, name = self.gym.zones[place], self.names[place]
        if not group.rights.filter(zone=zone).delete()[0]:
            group.rights.create(company=self.gym.company, zone=zone, schedule=self.gym.always)
        self.truth.opens[group.name] ^= {name}
        everybody = set(User.objects.values_list("pk", flat=True))
        access_changed.send(sender=AccessRight, company=self.gym.company, users=everybody, schedules=True)
        return f"{group} at {name}"

    def _back(self, dice: random.Random) -> str:
        """Whoever was changed last is as he was: what goes back to what was confirmed is easily taken for done."""
        assert self.before
        key, person = self.before
        person.card = self.truth.people[key].card  # somebody else may have the one of before
        self.before = key, self.truth.people[key]
        self.truth.people[key] = person
        user = User.objects.get(number=key)
        User.objects.filter(pk=user.pk).update(last_name=person.name, starts=person.starts, expires=person.expires)
        user.groups.set(
            [group for group in (self.gym.members, self.gym.staff) if group.name in person.groups],
            through_defaults={"company": self.gym.company},
        )
        self.gym.tell(user)
        return f"{key} {person}"

    def _pick(self, dice: random.Random) -> tuple[User, str]:
        key = dice.choice(list(self.truth.people))
        self.before = key, copy.deepcopy(self.truth.people[key])
        return User.objects.get(number=key), key

    def _wall(self, dice: random.Random) -> str:
        """Within hours, by the clock of one of the two doors."""
        zone = dice.choice(self.gym.locations).zone
        return (timezone.now() + timedelta(minutes=dice.randrange(-200, 200))).astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def two_doors(can: Capabilities | None = None) -> Club:
    """Members open the gate in Amsterdam, staff that and the office in New York; five people, and all is in sync.

    `can`: what the terminals say that they can hold, and under which keys.
    """
    can = can or Capabilities()
    company = world.other_company()
    places = [world.location(company, "North", "Europe/Amsterdam"), world.location(company, "South", "America/New_York")]
    agent = world.agent(company)
    terminals = [world.terminal(place, agent, name, can=can) for place, name in zip(places, ("Gate", "Office"), strict=True)]
    with scope(company=company):
        for terminal in terminals:  # names that can be read in the story of a schedule
            terminal.public_id = f"{terminal.name}-{terminal.pk}"
            terminal.save()
    groups = world.group(company, "Members"), world.group(company, "Staff")
    zones = [world.zone(company, terminal.name, terminal) for terminal in terminals]
    always = world.schedule(company)
    for group, zone in ((groups[0], zones[0]), (groups[1], zones[0]), (groups[1], zones[1])):
        world.right(group, zone, always)
    gym = Gym(company, world.administrator(company), places, agent, terminals, *groups, always, zones)
    gate, office = (terminal.public_id for terminal in terminals)
    truth = Truth(
        zones={terminal.public_id: place.zone for terminal, place in zip(terminals, places, strict=True)},
        opens={"Members": {gate}, "Staff": {gate, office}},
        schedule=(Kind.SCHEDULE, str(always.number)),
        hours={"name": always.name, "slots": sorted(always.slots)},
        only_cards=can.key_form is KeyForm.CARD,
    )
    club = Club(gym, Counterpart(agent), truth, places=can.key_form is not KeyForm.DIGITS)
    for device in club.there.devices.values():
        device.capabilities = can.as_dict()
    with scope(company=company):
        gym.tell()
        for name in ("Members", "Members", "Members", "Staff", "Staff"):
            club.add(name)
        start_run(
            company=company, choice=Selection(terminals=frozenset(t.pk for t in terminals)), confirmed=None, actor=gym.actor
        )
        club.there.work()
    return club
