"""What the simulated gateway answers to each method: the request's message, and the function that knows the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema.simulator.device import Device, Refused

HEADER, SETTING, NAME, PIN, CARD, GROUP = 0x0001, 0x0002, 0x0004, 0x0010, 0x0020, 0x0100
Answerer = Callable[[Device, Any], Message]


def users_partial(device: Device, request: gsdk.GetPartialRequest) -> gsdk.UsersResponse:
    """Just the parts that the mask names. Raises Refused for whoever is not there."""
    answer = gsdk.UsersResponse()
    for key in request.userIDs:
        user, mask = _there(device, key), request.infoMask
        part = answer.users.add(hdr=user.hdr)
        if mask & SETTING:
            part.setting.CopyFrom(user.setting)
        if mask & NAME:
            part.name = user.name
        if mask & PIN:
            part.PIN = user.PIN
        if mask & CARD:
            part.cards.extend(user.cards)
        if mask & GROUP:
            part.accessGroupIDs.extend(user.accessGroupIDs)
    return answer


def enrol(device: Device, request: gsdk.EnrollRequest) -> gsdk.Empty:
    """One after the other: those before a refusal are stored."""
    for user in request.users:
        device.enrol(user, overwrite=request.overwrite)
    return gsdk.Empty()


def added(add: Callable[[Any], None], entries: Any) -> gsdk.Empty:
    """Each of them."""
    for entry in entries:
        add(entry)
    return gsdk.Empty()


def deleted(memory: dict[int, Any], numbers: Any) -> gsdk.Empty:
    """Raises Refused when one is not there."""
    if not set(numbers) <= memory.keys():
        raise Refused("NOT_FOUND")
    for number in numbers:
        del memory[number]
    return gsdk.Empty()


def statistic(device: Device) -> gsdk.StatisticResponse:
    """Counts of what users say that they have."""
    users = device.users.values()
    return gsdk.StatisticResponse(
        userStatistic=gsdk.UserStatistic(
            numOfUsers=len(users),
            numOfCards=sum(len(user.cards) for user in users),
            numOfFingerprints=sum(user.hdr.numOfFinger for user in users),
            numOfFaces=sum(user.hdr.numOfFace for user in users),
        )
    )


def log_page(device: Device, request: gsdk.GetLogRequest) -> gsdk.GetLogResponse:
    """From an entry on; 0 means all."""
    found = [entry for entry in device.log if request.startEventID <= entry.ID]
    return gsdk.GetLogResponse(events=found[: request.maxNumOfLog or None])


def set_clock(device: Device, request: gsdk.SetClockRequest) -> gsdk.Empty:
    """From now on."""
    device.shift += request.GMTTime - device.now()
    return gsdk.Empty()


def set_time_config(device: Device, request: gsdk.SetTimeConfigRequest) -> gsdk.Empty:
    """Takes effect at once."""
    device.time_config.CopyFrom(request.config)
    return gsdk.Empty()


def delete_users(device: Device, request: gsdk.UsersRequest) -> gsdk.Empty:
    """All of them or nobody."""
    device.delete(list(request.userIDs))
    return gsdk.Empty()


def _there(device: Device, key: str) -> gsdk.UserInfo:
    if key not in device.users:
        raise Refused("NOT_FOUND")
    return device.users[key]


ANSWERS: dict[str, tuple[type[Message], Answerer]] = {
    "device.Device/GetInfo": (
        gsdk.DeviceRequest,
        lambda _, __: gsdk.DeviceInfoResponse(info=gsdk.FactoryInfo(modelName="Simulated", firmwareVersion="1.0.0")),
    ),
    "device.Device/GetCapabilityInfo": (
        gsdk.DeviceRequest,
        lambda device, _: gsdk.CapabilityInfoResponse(
            capInfo=gsdk.CapabilityInfo(
                maxNumOfUser=device.capacity, PINSupported=True, cardSupported=True, userNameSupported=True
            )
        ),
    ),
    "auth.Auth/GetConfig": (gsdk.DeviceRequest, lambda device, _: gsdk.AuthConfigResponse(config=device.auth)),
    "operator.Operator/GetList": (
        gsdk.DeviceRequest,
        lambda device, _: gsdk.OperatorList(
            operators=[gsdk.Operator(userID=key, level=level) for key, level in device.operators.items()]
        ),
    ),
    "door.Door/GetList": (gsdk.DeviceRequest, lambda device, _: gsdk.DoorList(doors=device.doors.values())),
    "user.User/GetList": (
        gsdk.DeviceRequest,
        lambda device, _: gsdk.UserList(hdrs=[user.hdr for user in device.users.values()]),
    ),
    "user.User/Get": (
        gsdk.UsersRequest,
        lambda device, request: gsdk.UsersResponse(users=[_there(device, key) for key in request.userIDs]),
    ),
    "user.User/GetPartial": (gsdk.GetPartialRequest, users_partial),
    "user.User/Enroll": (gsdk.EnrollRequest, enrol),
    "user.User/Delete": (gsdk.UsersRequest, delete_users),
    "user.User/GetPINHash": (
        gsdk.PINRequest,
        lambda _, request: gsdk.PINHash(hashVal=hashlib.sha256(request.PIN.encode()).digest()),
    ),
    "user.User/GetStatistic": (gsdk.DeviceRequest, lambda device, _: statistic(device)),
    "schedule.Schedule/GetList": (
        gsdk.DeviceRequest,
        lambda device, _: gsdk.ScheduleList(schedules=device.schedules.values()),
    ),
    "schedule.Schedule/Add": (
        gsdk.AddSchedulesRequest,
        lambda device, request: added(device.add_schedule, request.schedules),
    ),
    "schedule.Schedule/Delete": (gsdk.DeleteRequest, lambda device, request: deleted(device.schedules, request.IDs)),
    "access.Access/GetLevelList": (gsdk.DeviceRequest, lambda device, _: gsdk.LevelList(levels=device.levels.values())),
    "access.Access/AddLevel": (gsdk.AddLevelsRequest, lambda device, request: added(device.add_level, request.levels)),
    "access.Access/DeleteLevel": (gsdk.DeleteRequest, lambda device, request: deleted(device.levels, request.IDs)),
    "access.Access/GetList": (gsdk.DeviceRequest, lambda device, _: gsdk.GroupList(groups=device.groups.values())),
    "access.Access/Add": (gsdk.AddGroupsRequest, lambda device, request: added(device.add_group, request.groups)),
    "access.Access/Delete": (gsdk.DeleteRequest, lambda device, request: deleted(device.groups, request.IDs)),
    "time.Time/Get": (gsdk.DeviceRequest, lambda device, _: gsdk.ClockResponse(GMTTime=device.now())),
    "time.Time/Set": (gsdk.SetClockRequest, set_clock),
    "time.Time/GetConfig": (gsdk.DeviceRequest, lambda device, _: gsdk.TimeConfigResponse(config=device.time_config)),
    "time.Time/SetConfig": (gsdk.SetTimeConfigRequest, set_time_config),
    "time.Time/GetDSTConfig": (gsdk.DeviceRequest, lambda device, _: gsdk.DSTConfigResponse(config=device.summer_time)),
    "event.Event/GetLog": (gsdk.GetLogRequest, log_page),
}
