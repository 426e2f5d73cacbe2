"""A conversation with a device gateway about one of its devices, over gRPC. Errors become TerminalError."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import grpc
from google.protobuf.message import Message

from doorsync.drivers.contract import ConnectionSettings, TerminalError
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema import methods
from doorsync.drivers.suprema.address import DeviceAddress, address_of, host_and_port
from doorsync.drivers.suprema.certificate import PinnedCertificate, pinned_certificate
from doorsync.drivers.suprema.methods import Method

Answer = TypeVar("Answer", bound=Message)
LARGEST = 64 * 2**20  # bytes of one answer
CONNECTED = frozenset({1, 2})  # over TCP, over TLS
LOST = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "INTERNAL", "DATA_LOSS"})


@contextmanager
def connected(settings: ConnectionSettings, timeout: float) -> Iterator[Gateway]:
    """A gateway that has this device, for the block. Raises TerminalError."""
    try:
        where = address_of(settings.address)
    except ValueError as error:
        raise TerminalError("The address is not like 192.168.1.5:4000#542070001.", permanent=False) from error
    certificate = pinned_certificate(where, settings.options.get("certificate", ""), timeout)
    channel = _channel(where, certificate)
    try:
        gateway = Gateway(channel, where.device, timeout)
        _must_have(gateway, settings.options)
        yield gateway
    finally:
        channel.close()  # what is under way is cancelled


class Gateway:
    """One open channel, at which one question about one device is asked at a time."""

    def __init__(self, channel: grpc.Channel, device: int, timeout: float) -> None:
        self.device = device
        self._channel = channel
        self._timeout = timeout

    def ask(self, method: Method[Answer], request: Message | None = None) -> Answer:
        """The answer of a method; about the device, where no request is given. Raises TerminalError."""
        wanted = gsdk.DeviceRequest(deviceID=self.device) if request is None else request
        try:
            return self._call(method, wanted)
        except grpc.RpcError as error:
            raise self._as_terminal_error(error) from None  # its text may quote what was asked

    def has_device(self) -> bool:
        """Whether the gateway is connected to the device. Raises TerminalError when the gateway is lost."""
        try:
            devices = self._call(methods.GET_DEVICE_LIST, gsdk.Empty()).deviceInfos
        except grpc.RpcError as error:
            raise _lost(_status(error)) from None
        return any(each.deviceID == self.device and each.status in CONNECTED for each in devices)

    def _call(self, method: Method[Answer], request: Message) -> Answer:
        call = self._channel.unary_unary(
            method.path, request_serializer=type(request).SerializeToString, response_deserializer=method.answer.FromString
        )
        answer: Answer = call(request, timeout=self._timeout)
        return answer

    def _as_terminal_error(self, error: grpc.RpcError) -> TerminalError:
        """Gateways use few status codes: whether the device refused, or is gone, is told from whether it is still connected."""
        status = _status(error)
        if status in LOST:
            return _lost(status)
        try:
            there = self.has_device()
        except TerminalError as lost:
            return lost
        if not there:
            return TerminalError("The gateway has lost the device.", permanent=False, code=status)
        return TerminalError("The device refused it.", permanent=True, code=status)


def _must_have(gateway: Gateway, options: Mapping[str, str]) -> None:
    if gateway.has_device():
        return
    try:
        host, port = host_and_port(options.get("device", ""))
    except ValueError:
        raise TerminalError("The gateway is not connected to this device.", permanent=False) from None
    info = gsdk.AsyncConnectInfo(deviceID=gateway.device, IPAddr=host, port=port, useSSL=options.get("tls") == "yes")
    gateway.ask(methods.ADD_CONNECTION, gsdk.AddAsyncConnectionRequest(connectInfos=[info]))
    raise TerminalError("The gateway is connecting to this device; it is tried again.", permanent=False)


def _channel(where: DeviceAddress, certificate: PinnedCertificate) -> grpc.Channel:
    options = [
        ("grpc.ssl_target_name_override", certificate.name),
        ("grpc.max_receive_message_length", LARGEST),
        ("grpc.max_send_message_length", LARGEST),
        ("grpc.enable_http_proxy", 0),
        ("grpc.enable_retries", 0),
    ]
    return grpc.secure_channel(where.target, grpc.ssl_channel_credentials(certificate.pem), options)


def _status(error: grpc.RpcError) -> str:
    code = error.code() if isinstance(error, grpc.Call) else None
    return code.name if code else "UNKNOWN"


def _lost(status: str) -> TerminalError:
    late = status == "DEADLINE_EXCEEDED"
    return TerminalError("The gateway did not answer in time." if late else "The gateway was lost.", permanent=False, code=status)
