"""The figures are true: compared with what was done to a gym, and read by Prometheus's own parser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families as parsed

from doorsync.hub.audit import trail
from doorsync.hub.companies.models import Company
from doorsync.hub.entry.monitoring import queries
from doorsync.hub.entry.monitoring.gauges import Figures
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.reason_codes import QuarantineCode
from tests.factories import soap
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.hub.sync.counterpart import Counterpart


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        yield made


def read() -> dict[tuple[str, str], float]:
    """Name and value of its label -> figure, as Prometheus reads them anew."""
    registry = CollectorRegistry()
    registry.register(Figures())
    families = parsed(generate_latest(registry).decode())
    return {(s.name, "".join(s.labels.values())): s.value for family in families for s in family.samples}


def synced(club: Gym) -> Counterpart:
    there = Counterpart(club.agent)
    there.hello()
    start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    there.work()
    return there


@pytest.mark.requirement("O-01", mutation="PENDING counts holdings that never were there, or leaves out who is to be removed")
def test_whoever_a_memory_holds_against_the_rules_is_counted_with_the_age_of_the_oldest(club: Gym) -> None:
    alice, bob = club.add("Dora", club.members), club.add("Eve", club.members)
    assert read()["doorsync_excess_pairs", "to-remove"] == 0, "nobody is there yet"
    assert read()["doorsync_pending_holdings", "new"] > 0
    there = synced(club)
    assert {read()["doorsync_excess_pairs", state] for state in ("to-remove", "changed")} == {0}

    gone = alice.pk
    club.remove(alice)
    club.rename(bob, "Eva")
    doors = Holding.objects.filter(user_id=gone, held__isnull=False).count()
    Holding.objects.filter(user_id=gone).update(wanted_since=timezone.now() - timedelta(hours=2))
    found = read()

    assert doors > 0
    assert found["doorsync_excess_pairs", "to-remove"] == found["doorsync_pending_holdings", "to-remove"] == doors
    assert found["doorsync_excess_pairs", "changed"] == doors
    assert 7200 <= found["doorsync_excess_oldest_seconds", "to-remove"] < 7300
    assert found["doorsync_excess_oldest_seconds", "changed"] < 3600
    start_run(company=club.company, choice=Selection(), confirmed=doors, actor=club.actor)
    there.work()
    assert read()["doorsync_excess_pairs", "to-remove"] == 0


@pytest.mark.requirement("O-01", mutation="wanted_since set by every write of a holding")
def test_age_counts_from_the_change_and_not_from_a_write_that_changes_nothing_there(club: Gym) -> None:
    synced(club)
    dora = club.add("Dora", club.members)
    places = Holding.objects.filter(user_id=dora.pk)
    places.update(held=b"", label="Another", wanted_since=timezone.now() - timedelta(days=1))
    club.tell(dora)

    assert set(places.values_list("label", flat=True)) != {"Another"}, "written anew"
    assert read()["doorsync_excess_oldest_seconds", "changed"] >= 86400
    club.rename(dora, "Dorothy")
    assert read()["doorsync_excess_oldest_seconds", "changed"] < 3600


def test_companies_that_are_off_count_nothing(club: Gym) -> None:
    Company.objects.update(active=False)

    found = read()

    assert found["doorsync_pending_holdings", "new"] == 0
    assert sum(value for (name, _), value in found.items() if name in ("doorsync_agents", "doorsync_terminals")) == 0


def test_agents_terminals_runs_and_batches_are_counted(club: Gym) -> None:
    assert read()["doorsync_agents", "by-page"] + read()["doorsync_agents", "not-enrolled"] == 1
    there = Counterpart(club.agent)
    there.hello()
    start_run(company=club.company, choice=Selection(), confirmed=None, actor=club.actor)
    assert (read()["doorsync_open_runs", ""], read()["doorsync_run_terminals", "waiting"]) == (1, len(club.terminals))
    there.work()
    assert read()["doorsync_open_runs", ""] == 0
    assert read()["doorsync_terminals", "reached"] == len(club.terminals)
    for changes, state in (
        ({"waited_at": timezone.now()}, "connected"),
        ({"waited_at": timezone.now() - timedelta(hours=1), "seen_at": timezone.now() - timedelta(hours=1)}, "away"),
        ({"quarantined": QuarantineCode.TWO_COPIES()}, "quarantined"),
    ):
        Agent.objects.update(**changes)
        assert read()["doorsync_agents", state] == 1


@pytest.mark.requirement("O-01", mutation="SIGN_INS_REFUSED not counted when throttled")
def test_receipts_sign_ins_and_requests_are_counted(hub: LiveHub) -> None:
    club = gym(["Alice"])
    before = {name: _counted(name) for name in ("doorsync_receipts_total", "doorsync_events_total")}
    with scope(company=club.company):
        synced(club)
    wrong, throttled = (_counted("doorsync_sign_ins_refused_total", reason=reason) for reason in ("wrong", "throttled"))
    for _ in range(22):
        soap.post(hub.url, soap.written(p_adminPassword="wrong"))

    assert _counted("doorsync_receipts_total") - before["doorsync_receipts_total"] == len(club.terminals)
    assert _counted("doorsync_sign_ins_refused_total", reason="wrong") - wrong == 20
    assert _counted("doorsync_sign_ins_refused_total", reason="throttled") - throttled == 2


def test_what_was_taken_back_is_not_counted(club: Gym) -> None:
    before = _counted("doorsync_events_total", event="group.created")
    with pytest.raises(RuntimeError, match="taken back"):
        _recorded_and_taken_back(club)

    assert _counted("doorsync_events_total", event="group.created") == before


def _recorded_and_taken_back(club: Gym) -> None:
    from django.db import transaction

    with transaction.atomic():
        trail.record("group.created", actor=club.actor, group=1)
        raise RuntimeError("taken back")


@pytest.mark.requirement("O-01", mutation="a label with the company's short name")
def test_no_figure_names_a_company_a_person_or_a_secret(club: Gym) -> None:
    synced(club)
    registry = CollectorRegistry()
    registry.register(Figures())
    told = (generate_latest(registry) + generate_latest(REGISTRY)).decode()

    for word in (club.company.slug, club.company.name, "Alice", club.agent.name, club.agent.public_id, club.terminals[0].name):
        assert f'"{word}"' not in told


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is in Debian's package prometheus")
def test_promtool_finds_nothing_to_say(club: Gym, tmp_path: Path) -> None:
    registry = CollectorRegistry()
    registry.register(Figures())
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=generate_latest(registry), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_figures_cost_few_queries_and_are_kept_for_a_while(club: Gym) -> None:
    registry = CollectorRegistry()
    registry.register(Figures())
    with CaptureQueriesContext(connection) as queries:
        generate_latest(registry)
        generate_latest(registry)

    assert 0 < len(queries) <= 8


def test_a_database_that_is_away_is_a_figure_and_no_failure(club: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PENDING", "SELECT nothing FROM nowhere WHERE 1 = %s")

    found = read()

    assert found["doorsync_database_up", ""] == 0
    assert ("doorsync_open_runs", "") not in found
    assert found["doorsync_build_info", "0.1.0"] == 1


def _counted(name: str, **labels: str) -> float:
    if labels or name != "doorsync_events_total":
        return REGISTRY.get_sample_value(name, labels) or 0.0
    return 0.0
