"""What the time of a refusal tells: nothing about who exists (S-05), nor about why a link does not work (T-06).

The kinds take turns, so that a busy moment of the machine troubles all of them alike; only medians are compared. A busy
machine still adds differences of its own, but takes none away: a real one shows in every batch, so the quietest batch counts.

# requirement: S-05
# requirement: T-06
"""

from __future__ import annotations

import logging
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

os.environ["DOORSYNC_DATA"] = tempfile.mkdtemp(prefix="doorsync-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django
import structlog

django.setup()
logging.disable()  # refusals are what this is about
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

from django.core.management import call_command  # noqa: E402 - after the settings it reads
from django.utils import timezone  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402

from doorsync.hub.administrators import actions, password_hashing, tokens  # noqa: E402
from doorsync.hub.administrators.errors import NoSuchAdministrator  # noqa: E402
from doorsync.hub.administrators.models import Attempts, SyncToken  # noqa: E402
from doorsync.hub.companies.models import Company  # noqa: E402
from tests.factories import world  # noqa: E402
from tests.factories.visitor import Visitor, token_for  # noqa: E402

ROUNDS, LINK_ROUNDS, LIMIT, BATCHES = 150, 60, 1.05, 4
HERE = "192.0.2.1"


def sign_ins(company: Company) -> dict[str, Callable[[], None]]:
    """A wrong sign-in of each kind."""
    names = {"wrong password": "right", "unknown": "nobody", "disabled": "disabled", "may not sync": "unprivileged"}
    world.administrator(company, username="right")
    world.administrator(company, username="disabled", active=False)
    world.administrator(company, username="unprivileged", may_sync=False)

    def trying(username: str, password: str) -> Callable[[], None]:
        def once() -> None:
            try:
                actions.authenticate(company=company, username=username, password=password, address=HERE)
            except NoSuchAdministrator:
                return
            raise AssertionError(f"{username} was let in")

        return once

    return {kind: trying(name, "wrong" if name == "right" else "passwrod") for kind, name in names.items()}


def links(company: Company) -> dict[str, Callable[[], None]]:
    """A sign-in link of each kind that does not work, opened and posted."""
    alice = world.administrator(company, username="alice")
    kinds = {kind: token_for(alice) for kind in ("used", "expired", "revoked")}
    now = timezone.now()
    with scopes_disabled():
        for kind, change in {
            "used": {"used_at": now},
            "expired": {"expires_at": now - timedelta(seconds=1)},
            "revoked": {"revoked_at": now},
        }.items():
            SyncToken.objects.filter(digest=tokens.token_digest(kinds[kind])).update(**change)
    kinds |= {"unknown": secrets.token_hex(64), "malformed": "x"}

    def opening(token: str) -> Callable[[], None]:
        def once() -> None:
            visitor = Visitor()
            assert visitor.post(visitor.follow(token)).status_code == 410

        return once

    return {kind: opening(token) for kind, token in kinds.items()}


def compare(title: str, kinds: dict[str, Callable[[], None]], rounds: int) -> bool:
    """Print the ratio of the slowest median to the fastest; whether a batch stays within the limit."""
    ratio = min(_until_quiet(kinds, rounds))
    print(f"{title} ratio {ratio:.3f} (must be at most {LIMIT})")
    return ratio <= LIMIT


def _until_quiet(kinds: dict[str, Callable[[], None]], rounds: int) -> Iterator[float]:
    for _ in range(BATCHES):
        medians = {kind: statistics.median(each) for kind, each in measured(kinds, rounds).items()}
        ratio = max(medians.values()) / min(medians.values())
        print("  " + ", ".join(f"{kind} {median * 1e3:.2f} ms" for kind, median in medians.items()) + f": {ratio:.3f}")
        yield ratio
        if ratio <= LIMIT:
            return


def measured(kinds: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Seconds that each kind took, round by round."""
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    order = list(kinds)
    for round_ in range(rounds + 5):
        Attempts.objects.all().delete()  # so that no try is turned away
        with scopes_disabled():
            SyncToken.objects.update(refusals=0)  # so that each refusal writes its line in the trail
        order = order[1:] + order[:1]
        for kind in order:
            started = time.perf_counter()
            kinds[kind]()
            if round_ >= 5:  # the first ones warm up
                taken[kind].append(time.perf_counter() - started)
    return taken


def main() -> int:
    """Compare both; 1 when one of them tells too much."""
    call_command("migrate", verbosity=0)
    company = world.company()
    password_hashing.unknown_hash()
    wrong = sign_ins(company)
    actions.authenticate(company=company, username="right", password="passwrod", address=HERE)
    fine = [compare("S-05", wrong, ROUNDS), compare("T-06", links(world.other_company()), LINK_ROUNDS)]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
