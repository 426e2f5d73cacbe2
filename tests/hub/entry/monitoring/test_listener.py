"""Health and metrics of a hub that runs: on their own address, and nowhere else."""

from __future__ import annotations

import json
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.factories import migrated
from tests.factories.patience import PATIENCE
from tests.factories.stack import until
from tests.hub.entry.test_server import hub, refused


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(url: str, method: str = "GET") -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.requirement("O-01", mutation="ready without a look at the migrations; or the three addresses on the public port")
def test_health_and_metrics_answer_on_their_own_address_only(tmp_path: Path) -> None:
    migrated.put_into(tmp_path / "data")
    address = f"127.0.0.1:{free_port()}"
    with hub(tmp_path / "data", DOORSYNC_METRICS_ADDRESS=address) as (process, origin):
        get(f"{origin}/sign-in/")
        monitor = f"http://{address}"
        assert get(f"{monitor}/health/live") == (200, "The hub lives.\n")
        status, body = get(f"{monitor}/health/ready")
        assert (status, json.loads(body)) == (200, {"ready": True, "reasons": []})
        counted = 'doorsync_requests_total{method="GET",route="sign-in/",status="200"} 1.0'
        until(lambda: counted in get(f"{monitor}/metrics")[1], "the request being counted")  # which is after its answer
        told = get(f"{monitor}/metrics")[1]
        assert 'doorsync_background_alive{thread="run_scheduler"} 1.0' in told
        assert "process_resident_memory_bytes" in told
        assert get(f"{monitor}/elsewhere")[0] == 404
        assert get(f"{monitor}/metrics", "POST")[0] == 405
        assert {get(f"{origin}{path}")[0] for path in ("/health/live", "/health/ready", "/metrics")} == {404}
        assert "thread=" not in get(f"{origin}/sign-in/")[1]
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    assert "Traceback" not in (tmp_path / "hub.log").read_text()


def test_a_process_whose_database_went_another_way_is_not_ready(tmp_path: Path) -> None:
    from contextlib import closing
    from sqlite3 import connect

    migrated.put_into(tmp_path / "data")
    address = f"127.0.0.1:{free_port()}"
    with hub(tmp_path / "data", DOORSYNC_METRICS_ADDRESS=address) as (_, origin):
        get(f"{origin}/sign-in/")
        with closing(connect(tmp_path / "data/hub.sqlite3")) as base:
            base.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('sync', '0999_newer', '2030-01-01')")
            base.commit()
        status, body = get(f"http://{address}/health/ready")
    assert (status, "another version of Doorsync" in body) == (503, True)


def test_without_the_setting_nothing_listens_and_a_wrong_one_stops_the_start(tmp_path: Path) -> None:
    assert "DOORSYNC_METRICS_ADDRESS: must be like" in refused(tmp_path, "hub", "run", DOORSYNC_METRICS_ADDRESS="9464")
    assert "DOORSYNC_METRICS_ADDRESS: must be like" in refused(tmp_path, "hub", "run", DOORSYNC_METRICS_ADDRESS="::1:99999")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert "choose another with DOORSYNC_METRICS_ADDRESS" in refused(tmp_path, "hub", "run", DOORSYNC_METRICS_ADDRESS=address)
