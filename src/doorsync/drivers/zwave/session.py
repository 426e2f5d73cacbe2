"""An open conversation with a Z-Wave lock of the newer kind (User Credential command class)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import About, Found, TerminalError, WriteAnswer
from doorsync.drivers.zwave import protocol
from doorsync.drivers.zwave.connection import Connection, understood
from doorsync.drivers.zwave.lock_limits import LockLimits, limits_in
from doorsync.drivers.zwave.protocol import CredentialType, LockUser, UserType

Credential = tuple[int, int, str]
OLD_LOCK = "old-lock"
TOO_LONG = "too-long"


class ZwaveSession:
    """Each user and each credential is a message on the air, so that whatever is the same is not written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._must_be_there()
        self._limits = self._read_limits()

    def about(self) -> About:
        """The network and the node are all that tells one lock from another: Z-Wave shows no serial number."""
        node = self._connection.node
        return About(serial=f"{self._connection.home:08x}-{node}", model="Z-Wave lock", can=self._limits.capabilities())

    def change_mark(self) -> str:
        """The lock's own checksums of its users and of each type of credential."""
        marks = [self._checksum("getAllUsersChecksum")]
        marks += [self._checksum("getCredentialChecksum", kind) for kind in sorted(self._limits.credentials)]
        return "-".join(marks)

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
        """Two questions for each user."""
        for key in dict.fromkeys(keys) if kind is Kind.USER else ():
            place = int(key)
            user = self._user(place)
            credentials = self._credentials("get_credentials", userId=place).get(place, [])
            if user or credentials:
                yield self._found(user or LockUser(place=place, active=False, own=False, name=""), credentials)

    def read_all(self, kind: Kind) -> Iterator[Found]:
        """Users, then credentials; somebody with a credential and no user is shown too."""
        if kind is not Kind.USER:
            return
        users = [understood(protocol.user_in, entry) for entry in self._listed("get_users", "users")]
        places = {user.place: user for user in users if user}
        credentials = self._credentials("get_all_credentials")
        for place in sorted(places.keys() | credentials.keys()):
            user = places.get(place) or LockUser(place=place, active=False, own=False, name="")
            yield self._found(user, credentials.get(place, []))

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """What somebody no longer has goes first."""
        for record in records:
            yield self._put(record)

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """A user and all of their credentials."""
        for key in keys:
            if kind is Kind.USER:
                self._connection.control("delete_user", userId=int(key))
                self._delete(int(key), self._credentials("get_credentials", userId=int(key)).get(int(key), []))
            yield WriteAnswer(key=key)

    def erase(self) -> None:
        """One by one, because the lock's own command would forget its administrators too."""
        others = [found.record.key for found in self.read_all(Kind.USER) if not found.own]
        for _ in self.remove_many(Kind.USER, others):
            pass

    def _put(self, record: Record) -> WriteAnswer:
        place, fields = int(record.key), record.fields
        if not self._limits.hold(fields):
            return WriteAnswer(key=record.key, refusal="The lock cannot hold a name, PIN or card of this length.", code=TOO_LONG)
        wanted = self._wanted(place, fields)
        all_held = self._credentials("get_credentials", userId=place).get(place, [])
        held = [each for each in all_held if each[0] in (CredentialType.PIN, CredentialType.RFID)]  # fingerprints stay
        user = self._user(place)
        if user and user.own:
            return WriteAnswer(key=record.key, refusal="The place is the lock's own administrator's.", code="own")
        self._delete(place, [each for each in held if each not in wanted])
        refusal = self._set_user(LockUser(place=place, active=True, own=False, name=str(fields["name"])), user)
        for each in wanted:
            if refusal is None and each not in held:
                refusal = self._set_credential(place, each)
        text, code = refusal or ("", "")
        return WriteAnswer(key=record.key, refusal=text, code=code)

    def _set_user(self, wanted: LockUser, held: LockUser | None) -> tuple[str, str] | None:
        """Z-Wave JS tells adding from changing, and the lock refuses the wrong one of the two."""
        if wanted == held:
            return None
        options = {"active": True, "userType": int(UserType.GENERAL), "userName": wanted.name, "credentialRule": 1}
        if held:
            return self._refused(self._connection.control("set_user", userId=wanted.place, options=options))
        answer = self._connection.control("add_user", userId=wanted.place, options=options)
        return self._refused({"result": understood(protocol.added_user_in, answer)})

    def _wanted(self, place: int, fields: Mapping[str, Any]) -> list[Credential]:
        """Each in the slot with the number of the place."""
        pins = [(int(CredentialType.PIN), place, fields["pin"])] if fields["pin"] else []
        return pins + [(int(CredentialType.RFID), place, card) for card in fields["cards"]]

    def _set_credential(self, place: int, credential: Credential) -> tuple[str, str] | None:
        kind, slot, value = credential
        data = (
            protocol.card_bytes(value, self._limits.credentials[CredentialType.RFID].shortest)
            if kind == CredentialType.RFID
            else value
        )
        return self._refused(
            self._connection.control("set_credential", userId=place, credentialType=kind, credentialSlot=slot, data=data)
        )

    def _delete(self, place: int, credentials: Sequence[Credential]) -> None:
        for kind, slot, _ in credentials:
            self._connection.control("delete_credential", userId=place, credentialType=kind, credentialSlot=slot)

    def _refused(self, answer: Any) -> tuple[str, str] | None:
        result = answer.get("result") if isinstance(answer, dict) else None
        if result == 0:
            return None
        text = protocol.RESULTS.get(result) if isinstance(result, int) else None
        return text or "The lock refused it, and does not say why.", str(result)[:40]

    def _user(self, place: int) -> LockUser | None:
        answer = self._connection.control("get_user", userId=place)
        found = answer.get("user") if isinstance(answer, dict) else None
        return understood(protocol.user_in, found) if found else None

    def _credentials(self, command: str, **content: Any) -> dict[int, list[Credential]]:
        return understood(protocol.credentials_in, self._listed(command, "credentials", **content))

    def _listed(self, command: str, name: str, **content: Any) -> Sequence[Any]:
        answer = self._connection.control(command, **content)
        found = answer.get(name) if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise TerminalError("The Z-Wave JS server gave a list that is none.", permanent=False)
        return found

    def _found(self, user: LockUser, credentials: Sequence[Credential]) -> Found:
        """Somebody who is not active opens nothing, whatever they still have."""
        values = credentials if user.active else []
        fields: dict[str, Any] = {
            "name": user.name,
            "cards": sorted(value for kind, _, value in values if kind == CredentialType.RFID),
            "pin": next((value for kind, _, value in values if kind == CredentialType.PIN), ""),
            "schedules": [],
        }
        return Found(record=Record(kind=Kind.USER, key=str(user.place), fields=fields), own=user.own)

    def _must_be_there(self) -> None:
        if understood(protocol.status_in, self._connection.ask("node.get_state")) not in protocol.ALIVE:
            raise TerminalError("The lock is not in reach of its Z-Wave network.", permanent=False)
        if self._connection.control("is_supported") != {"supported": True}:
            text = "This lock has no users and credentials of the newer kind; such locks are not driven yet."
            raise TerminalError(text, permanent=True, code=OLD_LOCK)

    def _read_limits(self) -> LockLimits:
        users = self._connection.control("get_user_capabilities_cached")
        credentials = self._connection.control("get_credential_capabilities_cached")
        return understood(limits_in, users, credentials)

    def _checksum(self, method: str, *arguments: int) -> str:
        answer = self._connection.ask(
            "endpoint.invoke_cc_api", endpoint=0, commandClass=protocol.USER_CREDENTIAL, methodName=method, args=list(arguments)
        )
        return str(answer.get("response") if isinstance(answer, dict) else None)[:16]
