"""Runs in the environment of the peers, never in ours: reads or writes people with one of three clients of other authors.

On standard input {"client", "host", "port", "comm_key", "do", "people"}; then [{"slot", "id", "name", "pin", "card"}] on standard
output.
"""

import json
import sys


def pyzk(given):
    from zk import ZK

    return _old(ZK, given)


def pyzk2(given):
    from pyzk2 import ZK

    return _old(ZK, given)


def _old(client, given):
    terminal = client(given["host"], port=given["port"], timeout=60, password=given["comm_key"], ommit_ping=True).connect()
    if given["do"] == "write":
        for one in given["people"]:
            terminal.set_user(uid=one["slot"], name=one["name"], password=one["pin"], user_id=one["id"], card=one["card"])
    if given["do"] == "write-in-bulk":
        from pyzk2.user import User

        terminal.get_users()
        users = [User(one["slot"], one["name"], 0, one["pin"], "", one["id"], one["card"]) for one in given["people"]]
        terminal.HR_save_usertemplates([(user, []) for user in users])
    if given["do"] == "remove":
        for one in given["people"]:
            terminal.delete_user(uid=one["slot"])
    if given["do"] == "open":
        terminal.unlock(3)
    found = [_person(user.uid, user.user_id, user.name, user.password, user.card) for user in terminal.get_users()]
    terminal.disconnect()
    return found


def essl(given):
    from essl_f22.device import Device
    from essl_f22.models import User

    with Device(given["host"], given["port"], comm_key=given["comm_key"]) as terminal:
        for one in given["people"] if given["do"] == "write" else ():
            terminal.set_user(User(uid=one["slot"], user_id=one["id"], name=one["name"], password=one["pin"], card=one["card"]))
        found = [
            {**_person(user.uid, user.user_id, user.name, user.password, user.card), "zones": [user.timezone_flag, user.tz1]}
            for user in terminal.list_users()
        ]
        hours = terminal.get_timezone(given["zone"]) if given.get("zone") else None
    days = [[day.start_hour, day.start_minute, day.end_hour, day.end_minute] for day in hours.days] if hours else []
    return {"people": found, "days": days} if hours else found


def _person(slot, number, name, pin, card):
    return {"slot": slot, "id": number, "name": name, "pin": pin, "card": card}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    told = {"pyzk": pyzk, "pyzk2": pyzk2, "essl": essl}[asked["client"]](asked)
    sys.stdout.write("\n" + json.dumps(told))
