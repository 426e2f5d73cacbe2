"""The alert rules: Prometheus understands them, they ring when they should, and every figure in them exists."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from doorsync.hub.entry.monitoring import gauges, queries

FOLDER = Path(__file__).resolve().parents[2] / "deploy/prometheus"
RULES = FOLDER / "doorsync.rules.yml"
PAGE = FOLDER.parents[1] / "docs/how-to/monitor-it.md"
needs_promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is in Debian's package prometheus")


def promtool(*words: str | Path) -> str:
    done = subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True, timeout=60, cwd=FOLDER, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_promtool
def test_prometheus_understands_rules_and_example() -> None:
    assert "SUCCESS" in promtool("check", "rules", RULES)
    assert "is valid" in promtool("check", "config", FOLDER / "prometheus.yml")


@needs_promtool
@pytest.mark.requirement("O-01", mutation="the threshold of DoorsyncSomebodyStillHasADoor raised to an hour")
def test_alerts_ring_when_they_should(tmp_path: Path) -> None:
    cases = tmp_path / "alerts.yml"
    cases.write_text((Path(__file__).parent / "alerts.yml").read_text().replace("RULES", str(RULES)))
    assert "SUCCESS" in promtool("test", "rules", cases)


def test_every_figure_of_an_alert_exists_and_every_alert_is_explained() -> None:
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    sources = "".join(inspect.getsource(module) for module in (queries, gauges))
    known = {"doorsync_requests_total", "doorsync_sign_ins_refused_total", *re.findall(r'"(doorsync_\w+)"', sources)}
    known |= {"doorsync_open_batches_oldest_seconds"}
    for rule in rules:
        assert set(re.findall(r"doorsync_\w+", rule["expr"])) <= known, rule["alert"]
        assert rule["alert"] in PAGE.read_text()
