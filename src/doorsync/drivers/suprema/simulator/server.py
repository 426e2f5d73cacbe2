"""The simulated gateway on a port of loopback: gRPC over TLS, with devices that can be taken from it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from google.protobuf.message import Message

from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema.simulator.answers import ANSWERS, Answerer
from doorsync.drivers.suprema.simulator.certificates import GatewayCertificate, make_certificate
from doorsync.drivers.suprema.simulator.device import Device, Refused

PREFIX = "/gsdk."
CONNECT = "connect.Connect/"
TCP_CONNECTED = 1
PAUSE = 0.05  # seconds between two looks at whether a silent call still has somebody waiting


class SimulatedGateway:
    """Starts, stops and falls silent. `pending`: devices that it was told to connect to."""

    def __init__(self, port: int, *devices: Device, certificate: GatewayCertificate | None = None) -> None:
        self.port = port
        self.devices = list(devices)
        self.pending: list[gsdk.AsyncConnectInfo] = []
        self.certificate = certificate or make_certificate()
        self.silent = threading.Event()
        self._lock = threading.Lock()
        self._server: grpc.Server | None = None

    @property
    def running(self) -> bool:
        """Whether it listens."""
        return self._server is not None

    def start(self) -> None:
        """On its port."""
        options = [("grpc.so_reuseport", 0)]
        server = grpc.server(ThreadPoolExecutor(8, "gateway"), handlers=[_Router(self)], options=options)
        pair = (self.certificate.key, self.certificate.certificate)
        server.add_secure_port(f"127.0.0.1:{self.port}", grpc.ssl_server_credentials([pair]))
        server.start()
        self._server = server

    def stop(self) -> None:
        """Cuts every conversation."""
        server, self._server = self._server, None
        if server:
            server.stop(grace=None).wait()

    def answer(self, method: str, request: Message) -> Message:
        """What it says, one request after the other. Raises Refused."""
        with self._lock:
            if method == f"{CONNECT}GetDeviceList":
                known = [gsdk.DeviceInfo(deviceID=device.id, status=TCP_CONNECTED) for device in self.devices]
                return gsdk.DeviceList(deviceInfos=known)
            if isinstance(request, gsdk.AddAsyncConnectionRequest):
                self.pending += request.connectInfos
                return gsdk.Empty()
            wanted = getattr(request, "deviceID", self.devices[0].id if self.devices else 0)
            device = next((each for each in self.devices if each.id == wanted), None)
            if device is None:
                raise Refused("NOT_FOUND")
            respond: Answerer = ANSWERS[method][1]
            return respond(device, request)


class _Router(grpc.GenericRpcHandler):
    def __init__(self, gateway: SimulatedGateway) -> None:
        self._gateway = gateway

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Message, Message] | None:
        method = handler_call_details.method.removeprefix(PREFIX)
        kinds: dict[str, type[Message]] = {name: kind for name, (kind, _) in ANSWERS.items()}
        kinds |= {f"{CONNECT}GetDeviceList": gsdk.Empty, f"{CONNECT}AddAsyncConnection": gsdk.AddAsyncConnectionRequest}
        if method not in kinds:
            return None

        def respond(request: Message, context: grpc.ServicerContext) -> Message:
            while self._gateway.silent.is_set() and context.is_active():
                threading.Event().wait(PAUSE)
            if not context.is_active():
                return gsdk.Empty()  # nobody waits: what was given up is not done
            try:
                return self._gateway.answer(method, request)
            except Refused as refused:
                context.abort(grpc.StatusCode[str(refused)], "the device refused it")

        return grpc.unary_unary_rpc_method_handler(
            respond, request_deserializer=kinds[method].FromString, response_serializer=lambda each: each.SerializeToString()
        )


@contextmanager
def simulated_gateway(*devices: Device, certificate: GatewayCertificate | None = None) -> Iterator[SimulatedGateway]:
    """Running for the block, with these devices, on a port that stays its own while it is stopped."""
    with socket.socket() as placeholder:
        placeholder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        placeholder.bind(("127.0.0.1", 0))  # never listens
        gateway = SimulatedGateway(placeholder.getsockname()[1], *devices, certificate=certificate)
        gateway.start()
        try:
            yield gateway
        finally:
            gateway.stop()
