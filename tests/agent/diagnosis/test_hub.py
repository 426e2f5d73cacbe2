"""The way to the hub, step by step: the first thing that is wrong is named, with what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from doorsync.agent.config import Config
from doorsync.agent.diagnosis import hub as hub_checks
from doorsync.agent.diagnosis.finding import Finding
from doorsync.agent.diagnosis.hub import check_way_to_hub
from doorsync.agent.identity import Identity
from tests.agent.courier import served
from tests.agent.hub import Hub

PROXY = "http://somebody:sesame@127.0.0.1:1"


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def looked(folder: Path, url: str, **settings: str) -> list[Finding]:
    path = folder / "identity.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "hub_url": url}))
    return list(check_way_to_hub(Config.model_validate({"data": folder, **settings}), Identity.load(folder)))


@pytest.fixture
def url(hub: Hub) -> Iterator[str]:
    with served(hub) as url:
        yield url


def test_a_hub_that_knows_the_agent_is_all_well(folder: Path, url: str) -> None:
    found = looked(folder, url)
    assert [each.level for each in found] == ["ok", "ok", "ok"]
    assert [each.text for each in found] == [
        "127.0.0.1 is 127.0.0.1",
        f"{url} answers and knows this agent",
        "this clock agrees with the hub's",
    ]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"error": "quarantined"}, "in quarantine"),
        ({"error": "other-hub-keys"}, "other keys than this agent listens to"),
        ({"error": "wrong-agent"}, "does not know this agent (wrong-agent)"),
        ("a portal", "no Doorsync hub"),
    ],
)
def test_what_the_hub_says_is_told(
    hub: Hub, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch, answer: object, told: str
) -> None:
    monkeypatch.setattr(hub, "next", lambda **_: answer)
    (found,) = [each for each in looked(folder, url) if told in each.text]
    assert (found.level, bool(found.advice)) == ("fail", True)


def test_a_name_that_is_not_known_ends_the_check_and_a_hub_that_is_away_is_another_matter(folder: Path) -> None:
    (unknown,) = looked(folder, "https://hub.invalid")
    assert (unknown.level, unknown.text) == ("fail", "the name hub.invalid is not known here")
    assert looked(folder, "http://127.0.0.1:1")[-1].text == "http://127.0.0.1:1 cannot be reached"


@pytest.mark.parametrize(("seconds", "level", "told"), [(50, "ok", "agrees"), (3600, "warn", "ahead"), (-3600, "warn", "behind")])
def test_a_clock_that_is_more_than_a_minute_off_is_a_warning(
    folder: Path, url: str, monkeypatch: pytest.MonkeyPatch, seconds: int, level: str, told: str
) -> None:
    class Ours(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Ours:
            return cls.fromtimestamp(datetime.now(tz).timestamp() + seconds, tz)

    monkeypatch.setattr(hub_checks, "datetime", Ours)
    clock = looked(folder, url)[-1]
    assert (clock.level, told in clock.text) == (level, True)


@pytest.mark.parametrize("named", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_named_without_its_password(
    folder: Path, url: str, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv(named, PROXY)
    found = looked(folder, url)
    assert [each.text for each in found] == [
        "the hub is reached through the proxy http://127.0.0.1:1",
        "the proxy did not let this agent through to the hub",
    ]


@pytest.mark.parametrize("bypass", ["127.0.0.1", "localhost, 127.0.0.1", "*", "elsewhere,127.0.0.1 "])
def test_a_hub_that_no_proxy_names_is_looked_for_directly_as_the_agent_does(
    folder: Path, url: str, monkeypatch: pytest.MonkeyPatch, bypass: str
) -> None:
    monkeypatch.setenv("http_proxy", PROXY)
    monkeypatch.setenv("no_proxy", bypass)
    assert [each.text for each in looked(folder, url)][:2] == ["127.0.0.1 is 127.0.0.1", f"{url} answers and knows this agent"]


def test_a_proxy_without_a_scheme_is_taken_for_one_of_http(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "somebody:sesame@127.0.0.1:1")
    assert looked(folder, url)[0].text == "the hub is reached through the proxy http://127.0.0.1:1"


def test_a_proxy_of_the_settings_counts_before_the_environment(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    assert looked(folder, url, proxy="http://127.0.0.1:2")[0].text == "the hub is reached through the proxy http://127.0.0.1:2"
