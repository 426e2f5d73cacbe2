"""A company of N people on M terminals in seconds, all in sync, by SQL that copies rows: a stage for measurements.

Everybody is in one of ten groups; each group opens every terminal, at all hours. What one terminal should hold is rendered as
ever, and copied to the others, which are alike. As a program it fills the database of the environment: `bench/data.py 10000 10`.
"""

from __future__ import annotations

import os
import sys
import tempfile

os.environ.setdefault("DOORSYNC_DATA", tempfile.mkdtemp(prefix="doorsync-bench-"))
os.environ.setdefault("DOORSYNC_DATABASE_URL", os.environ.get("DOORSYNC_TEST_DATABASE_URL", ""))
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the settings it reads
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_scopes import scope  # noqa: E402

from doorsync.domain.record import Kind  # noqa: E402
from doorsync.hub.access.models import Zone  # noqa: E402
from doorsync.hub.audit import trail  # noqa: E402
from doorsync.hub.audit.trail import Actor  # noqa: E402
from doorsync.hub.companies.models import Company  # noqa: E402
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings  # noqa: E402
from doorsync.hub.sync.models import Holding  # noqa: E402
from doorsync.hub.terminals.hub_epoch import begin_epoch, current_epoch  # noqa: E402
from doorsync.hub.terminals.models import Terminal  # noqa: E402
from doorsync.hub.users.models import Membership, User  # noqa: E402
from tests.factories import world  # noqa: E402

GROUPS = 10
AT_ONCE = 5_000


def make_company(people: int, terminals: int) -> Company:
    """The company. Each terminal holds everybody, and what it holds is what is wanted."""
    company = world.other_company()
    trail.record("company.created", actor=Actor(company_id=company.pk, via="bench"))
    agent, site = world.agent(company, waited_at=timezone.now(), seen_at=timezone.now()), world.location(company)
    epoch = current_epoch() or begin_epoch() or current_epoch()
    doors = [
        world.terminal(site, agent, f"Door {number}", address=f"10.0.{number}.{company.pk}", epoch=epoch, seen_at=timezone.now())
        for number in range(terminals)
    ]
    groups = [world.group(company, f"Group {number}") for number in range(GROUPS)]
    zone, always = world.zone(company, "All doors", *doors), world.schedule(company)
    for group in groups:
        world.right(group, zone, always)
    with scope(company=company), transaction.atomic():
        for start in range(0, people, AT_ONCE):
            numbers = range(start, min(people, start + AT_ONCE))
            users = User.objects.bulk_create(
                User(company=company, number=number + 1, last_name=f"Person {number}", first_name="Ann") for number in numbers
            )
            Membership.objects.bulk_create(
                Membership(company=company, user=user, group=groups[user.number % GROUPS]) for user in users
            )
        _hold_everybody(company)
    return company


def _hold_everybody(company: Company) -> None:
    """Rendered once for one terminal of the class, and copied to the others: they are all alike."""
    first, *others = Terminal.objects.order_by("pk").values_list("pk", flat=True)
    fields = [field for field in Holding._meta.concrete_fields if not field.generated]  # noqa: SLF001 - documented
    columns = [str(field.column) for field in fields if field.column != "terminal_id"]
    names = ", ".join(columns)
    zone = Zone.objects.get(company=company)
    zone.terminals.set([first])
    refresh_holdings(company, None)
    zone.terminals.set([first, *others])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_holding SET held = wanted, held_since = CURRENT_TIMESTAMP WHERE company_id = %s", [company.pk]
        )
        for other in others:
            cursor.execute(
                f"INSERT INTO sync_holding ({names}, terminal_id) SELECT {names}, %s FROM sync_holding"
                " WHERE company_id = %s AND terminal_id = %s",
                [other, company.pk, first],
            )


def main(people: int = 1_000, terminals: int = 10) -> int:
    """Make it, and say what it is called."""
    call_command("migrate", verbosity=0)
    company = make_company(people, terminals)
    with scope(company=company):
        held = Holding.objects.filter(kind=Kind.USER).count()
    print(f"{company.slug}: {people} people on {terminals} terminals, {held} holdings, in {os.environ['DOORSYNC_DATA']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:3])))
