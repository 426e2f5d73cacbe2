"""The clock of a device: it counts in GMT, and has a time zone and perhaps a summer time of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema import methods
from doorsync.drivers.suprema.gateway import Gateway

NO_TIME = timedelta(0)


class Clock:
    """Reads and sets it in the wall clock of the location."""

    def __init__(self, gateway: Gateway, zone: ZoneInfo) -> None:
        self._gateway = gateway
        self._zone = zone

    def wall(self) -> str:
        """The wall clock, "YYYY-MM-DDTHH:MM:SS"; "" for an impossible time. Raises TerminalError."""
        seconds = self._gateway.ask(methods.GET_CLOCK).GMTTime
        offset = timedelta(seconds=self._gateway.ask(methods.GET_TIME_CONFIG).config.timeZone)
        try:
            moment = datetime.fromtimestamp(seconds, tz=UTC)
            summer = (moment.astimezone(self._zone).dst() or NO_TIME) if self._keeps_summer_time() else NO_TIME
            return (moment + offset + summer).strftime("%Y-%m-%dT%H:%M:%S")
        except (OverflowError, OSError, ValueError):
            return ""

    def set(self, wall: datetime) -> None:
        """Set clock and time zone, which time schedules follow. Daylight saving that the device does itself stays on."""
        moment = wall.replace(tzinfo=self._zone)
        offset = moment.utcoffset() or NO_TIME
        if self._keeps_summer_time():
            offset -= moment.dst() or NO_TIME
        config = self._gateway.ask(methods.GET_TIME_CONFIG).config
        config.timeZone = int(offset.total_seconds())
        device = self._gateway.device
        self._gateway.ask(methods.SET_TIME_CONFIG, gsdk.SetTimeConfigRequest(deviceID=device, config=config))
        self._gateway.ask(methods.SET_CLOCK, gsdk.SetClockRequest(deviceID=device, GMTTime=int(moment.timestamp())))

    def _keeps_summer_time(self) -> bool:
        return bool(self._gateway.ask(methods.GET_DST_CONFIG).config.schedules)
