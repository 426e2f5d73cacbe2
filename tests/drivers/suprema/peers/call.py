"""Runs biostarPython, Suprema UK's own client, in a process of its own: importing it opens a log file where it stands.

Reads {"host", "port", "ca", "device", "do", ...} from standard input, writes the answer as JSON.
"""

import hashlib
import json
import sys


def main():
    given = json.load(sys.stdin)
    import biostarPython as sdk  # noqa: N813 - short

    channel = sdk.GatewayClient(given["host"], given["port"], given["ca"]).getChannel()
    print(json.dumps(globals()[given["do"]](sdk, channel, given["device"], given)))
    channel.close()


def write(sdk, channel, device, given):
    """Schedule, level, group and a person, with the words of the maker's own client."""
    from biostarPython.service import access_pb2, card_pb2, schedule_pb2, user_pb2

    days = [schedule_pb2.DaySchedule(periods=[schedule_pb2.TimePeriod(startTime=60, endTime=120)]) for _ in range(7)]
    weekly = schedule_pb2.WeeklySchedule(daySchedules=days)
    sdk.ScheduleSvc(channel).add(device, [schedule_pb2.ScheduleInfo(ID=5, name="Theirs", weekly=weekly)])
    access = sdk.AccessSvc(channel)
    doors = [access_pb2.DoorSchedule(doorID=1, scheduleID=5)]
    access.addLevel(device, [access_pb2.AccessLevel(ID=5, name="L", doorSchedules=doors)])
    access.add(device, [access_pb2.AccessGroup(ID=5, name="G", levelIDs=[5])])
    users = sdk.UserSvc(channel)
    card = card_pb2.CSNCardData(type=1, size=32, data=bytes(28) + bytes.fromhex("02b0a5fd"))
    user = user_pb2.UserInfo(name="Zoë", cards=[card], accessGroupIDs=[5], PIN=users.getPINHash("4711"))
    user.hdr.ID = "9"
    user.setting.endTime = 1801414800
    user.fingers.add(index=1, templates=[b"\1\2\3"])
    users.enroll(device, [user], True)


def read(sdk, channel, device, given):
    users = sdk.UserSvc(channel)
    ids = [each.ID for each in users.getList(device)]
    people = [
        {
            "key": user.hdr.ID,
            "name": user.name,
            "cards": [[card.type, card.size, card.data.hex()] for card in user.cards],
            "groups": list(user.accessGroupIDs),
            "end": user.setting.endTime,
            "pin": user.PIN.hex(),
            "fingers": [[finger.index, [each.hex() for each in finger.templates]] for finger in user.fingers],
        }
        for user in users.getUser(device, ids)
    ]
    schedules = {
        each.ID: [each.name, [[[p.startTime, p.endTime] for p in day.periods] for day in each.weekly.daySchedules]]
        for each in sdk.ScheduleSvc(channel).getList(device)
    }
    access = sdk.AccessSvc(channel)
    levels = {each.ID: [[d.doorID, d.scheduleID] for d in each.doorSchedules] for each in access.getLevelList(device)}
    groups = {each.ID: list(each.levelIDs) for each in access.getList(device)}
    return {
        "people": people,
        "schedules": schedules,
        "levels": levels,
        "groups": groups,
        "hash": hashlib.sha256(b"4711").hexdigest(),
    }


def remove(sdk, channel, device, given):
    sdk.UserSvc(channel).delete(device, given["keys"])


if __name__ == "__main__":
    main()
