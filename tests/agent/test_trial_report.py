"""The report of a trial: what failed, without the address and the secret."""

from __future__ import annotations

from collections.abc import Callable

from typer.testing import CliRunner

from doorsync.agent.cli import app
from tests.agent.test_driver_trial import made
from tests.factories.terminals import VirtualTerminal

__all__ = ["made"]


def test_the_command_reports_and_says_with_its_exit_code_whether_anything_failed(made: Callable[..., VirtualTerminal]) -> None:
    gate = made()
    gate.ask_for("sesame-4711")
    gate.stop()
    gate.start()
    right = CliRunner().invoke(app, ["try", "virtual", gate.address, "--secret"], input="sesame-4711\n")
    assert (right.exit_code, "FAILED" in right.output) == (0, False)
    wrong = CliRunner().invoke(app, ["try", "virtual", gate.address, "--secret"], input="wrong-4712\n")
    assert wrong.exit_code == 1
    assert "does not accept the secret" in wrong.output
    assert "4712" not in wrong.output
    unknown = CliRunner().invoke(app, ["try", "abacus", "nowhere"])
    assert (unknown.exit_code, "no driver for 'abacus'" in unknown.output) == (1, True)
