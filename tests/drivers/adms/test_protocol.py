from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doorsync.drivers.adms import protocol
from doorsync.drivers.adms.protocol import Status, User

texts = st.text("aZé ł-'渡0=&", max_size=12)
users = st.builds(
    User,
    pin=st.from_regex(r"[1-9][0-9]{0,8}", fullmatch=True),
    name=texts,
    password=st.from_regex(r"[0-9]{0,8}", fullmatch=True),
    card=st.from_regex(r"([1-9][0-9]{0,9})?", fullmatch=True),
)


@given(written=st.lists(users, max_size=4, unique_by=lambda user: user.pin))
def test_people_are_read_from_an_upload_in_the_form_in_which_they_are_written(written: list[User]) -> None:
    for start in ("USER ", "USERINFO ", ""):
        lines = [start + protocol.update(user).partition("USERINFO ")[2] for user in written]
        assert (
            list(protocol.uploaded("\n".join(["OPLOG 4\t0\t2026-11-27 08:00:00\t0\t0\t0\t0", *lines, "FP PIN=1\tFID=2"])))
            == written
        )


def test_acknowledgements_are_found_among_other_lines() -> None:
    lines = [
        "ID=7&Return=0&CMD=DATA",
        "ID=8&Return=-1002&CMD=DATA",
        "~DeviceName=X",
        "ID=x&Return=0",
        "ID=9&CMD=DATA",
        "ID=10&Return=5",
    ]
    assert list(protocol.acknowledged("\n".join(lines))) == [(7, 0), (8, -1002), (10, 5)]


@given(noise=st.text(max_size=80))
def test_noise_is_nothing(noise: str) -> None:
    list(protocol.acknowledged(noise))
    protocol.status_in(noise)
    assert all(user.pin is not None for user in protocol.uploaded(noise))


def test_what_a_terminal_says_of_itself() -> None:
    assert protocol.status_in("Ver 6.60,70,12,3225,10.0.0.9,10,7,0,0,110") == Status(firmware="Ver 6.60", users=70, templates=12)
    assert protocol.status_in("") == Status()


def test_a_privilege_that_is_none_is_that_of_an_administrator() -> None:
    (user,) = protocol.uploaded("USER PIN=1\tName=A\tPri=x\n")
    assert user.administers


def test_the_handshake_says_how_far_the_clock_is_from_utc() -> None:
    assert protocol.handshake("SN1", 10, -3).splitlines()[0] == "GET OPTION FROM: SN1"
    assert "TimeZone=-3" in protocol.handshake("SN1", 10, -3)
    assert "TimeZone" not in protocol.handshake("SN1", 10, None)
