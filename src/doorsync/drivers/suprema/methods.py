"""The methods of G-SDK that the driver calls: their paths on the wire, and the message that answers each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from google.protobuf.message import Message

from doorsync.drivers.suprema import gsdk_pb2 as gsdk

Answer = TypeVar("Answer", bound=Message)


@dataclass(frozen=True, slots=True)
class Method(Generic[Answer]):
    """`path` as in the maker's reference, `answer` the message that comes back."""

    path: str
    answer: type[Answer]


GET_DEVICE_LIST = Method("/gsdk.connect.Connect/GetDeviceList", gsdk.DeviceList)
ADD_CONNECTION = Method("/gsdk.connect.Connect/AddAsyncConnection", gsdk.Empty)
GET_INFO = Method("/gsdk.device.Device/GetInfo", gsdk.DeviceInfoResponse)
GET_CAPABILITY_INFO = Method("/gsdk.device.Device/GetCapabilityInfo", gsdk.CapabilityInfoResponse)
GET_AUTH_CONFIG = Method("/gsdk.auth.Auth/GetConfig", gsdk.AuthConfigResponse)
GET_OPERATORS = Method("/gsdk.operator.Operator/GetList", gsdk.OperatorList)
GET_DOORS = Method("/gsdk.door.Door/GetList", gsdk.DoorList)

GET_USER_LIST = Method("/gsdk.user.User/GetList", gsdk.UserList)
GET_USERS = Method("/gsdk.user.User/Get", gsdk.UsersResponse)
GET_USERS_PARTIAL = Method("/gsdk.user.User/GetPartial", gsdk.UsersResponse)
ENROLL_USERS = Method("/gsdk.user.User/Enroll", gsdk.Empty)
DELETE_USERS = Method("/gsdk.user.User/Delete", gsdk.Empty)
GET_PIN_HASH = Method("/gsdk.user.User/GetPINHash", gsdk.PINHash)
GET_STATISTIC = Method("/gsdk.user.User/GetStatistic", gsdk.StatisticResponse)

GET_SCHEDULES = Method("/gsdk.schedule.Schedule/GetList", gsdk.ScheduleList)
ADD_SCHEDULES = Method("/gsdk.schedule.Schedule/Add", gsdk.Empty)
DELETE_SCHEDULES = Method("/gsdk.schedule.Schedule/Delete", gsdk.Empty)
GET_LEVELS = Method("/gsdk.access.Access/GetLevelList", gsdk.LevelList)
ADD_LEVELS = Method("/gsdk.access.Access/AddLevel", gsdk.Empty)
DELETE_LEVELS = Method("/gsdk.access.Access/DeleteLevel", gsdk.Empty)
GET_GROUPS = Method("/gsdk.access.Access/GetList", gsdk.GroupList)
ADD_GROUPS = Method("/gsdk.access.Access/Add", gsdk.Empty)
DELETE_GROUPS = Method("/gsdk.access.Access/Delete", gsdk.Empty)

GET_CLOCK = Method("/gsdk.time.Time/Get", gsdk.ClockResponse)
SET_CLOCK = Method("/gsdk.time.Time/Set", gsdk.Empty)
GET_TIME_CONFIG = Method("/gsdk.time.Time/GetConfig", gsdk.TimeConfigResponse)
SET_TIME_CONFIG = Method("/gsdk.time.Time/SetConfig", gsdk.Empty)
GET_DST_CONFIG = Method("/gsdk.time.Time/GetDSTConfig", gsdk.DSTConfigResponse)

GET_LOG = Method("/gsdk.event.Event/GetLog", gsdk.GetLogResponse)
