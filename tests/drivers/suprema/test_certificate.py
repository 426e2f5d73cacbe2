from __future__ import annotations

from datetime import timedelta

import pytest

from doorsync.drivers.contract import ConnectionSettings, TerminalError
from doorsync.drivers.suprema import certificate
from doorsync.drivers.suprema.certificate import CERTIFICATE
from doorsync.drivers.suprema.driver import SupremaDriver
from doorsync.drivers.suprema.simulator.certificates import make_certificate
from doorsync.drivers.suprema.simulator.device import Device
from doorsync.drivers.suprema.simulator.server import SimulatedGateway, simulated_gateway
from tests.drivers.suprema.conftest import opened, settings
from tests.factories.patience import PATIENCE


def failure(gateway: SimulatedGateway, fingerprint: str) -> TerminalError:
    with pytest.raises(TerminalError) as caught, opened(gateway, certificate=fingerprint):
        pass
    assert not caught.value.permanent
    return caught.value


def test_the_gateway_with_the_fingerprint_that_was_compared_is_spoken_to(gateway: SimulatedGateway) -> None:
    for spelling in (gateway.certificate.fingerprint, gateway.certificate.fingerprint.replace(":", "").lower()):
        with opened(gateway, certificate=spelling) as session:
            assert session.about().serial == "542070001"


def test_without_a_fingerprint_it_is_told_which_one_to_compare(gateway: SimulatedGateway) -> None:
    error = failure(gateway, "")
    assert error.code == CERTIFICATE
    assert gateway.certificate.fingerprint in str(error)


def test_another_certificate_is_refused_with_its_fingerprint(gateway: SimulatedGateway) -> None:
    error = failure(gateway, make_certificate().fingerprint)
    assert error.code == CERTIFICATE
    assert gateway.certificate.fingerprint in str(error)


def test_an_expired_certificate_is_refused_as_that() -> None:
    with simulated_gateway(Device(), certificate=make_certificate(ends=timedelta(days=-1))) as gateway:
        error = failure(gateway, gateway.certificate.fingerprint)
    assert error.code == CERTIFICATE
    assert "expired on" in str(error)


def test_a_certificate_that_is_changed_after_it_was_looked_at_is_not_spoken_to(
    gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look and gRPC's own connection are two: what the second one shows is checked by gRPC."""
    looked_at = certificate.pinned_certificate

    def swapped(*arguments: object) -> object:
        seen = looked_at(*arguments)  # type: ignore[arg-type]  # as they come
        gateway.stop()
        gateway.certificate = make_certificate()
        gateway.start()
        return seen

    monkeypatch.setattr("doorsync.drivers.suprema.gateway.pinned_certificate", swapped)
    with pytest.raises(TerminalError), SupremaDriver().open(settings(gateway), timeout=PATIENCE):
        pass


@pytest.mark.parametrize(
    "address", ["127.0.0.1:{port}", "127.0.0.1:{port}#", "127.0.0.1:{port}#x", "127.0.0.1:{port}#4294967296"]
)
def test_an_address_without_a_device_is_told(gateway: SimulatedGateway, address: str) -> None:
    wanted = ConnectionSettings(address=address.format(port=gateway.port), options=settings(gateway).options)
    with pytest.raises(TerminalError, match="not like"), SupremaDriver().open(wanted, timeout=PATIENCE):
        pass


def test_a_device_that_the_gateway_does_not_have_is_told_and_connected_where_its_address_is_set(
    gateway: SimulatedGateway,
) -> None:
    address = f"127.0.0.1:{gateway.port}#77"
    for option, words, pending in (("", "not connected", 0), ("192.168.1.50:51211", "is connecting", 1)):
        options = {**settings(gateway).options, "device": option}
        wanted = ConnectionSettings(address=address, options=options)
        with pytest.raises(TerminalError, match=words) as caught, SupremaDriver().open(wanted, timeout=PATIENCE):
            pass
        assert not caught.value.permanent
        assert len(gateway.pending) == pending
    assert (gateway.pending[0].deviceID, gateway.pending[0].IPAddr, gateway.pending[0].port) == (77, "192.168.1.50", 51211)
