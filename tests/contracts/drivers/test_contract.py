"""What the agent relies on. Every driver passes it; one without a bench fails it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points

import pytest

from doorsync.agent import drivers
from doorsync.domain.capabilities import Capabilities, KeyForm, Letters
from doorsync.domain.door_modes import DoorMode
from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.contract import ConnectionSettings, Session, SupportsDoorModes, SupportsOpening, TerminalError
from tests.contracts.drivers.benches import BENCHES, Bench
from tests.contracts.drivers.samples import Samples
from tests.factories.patience import PATIENCE
from tests.factories.terminals import by_key, put, remove


@pytest.fixture(scope="module", params=sorted(BENCHES))
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with BENCHES[request.param](tmp_path_factory.mktemp(request.param)) as bench:
        yield bench


@pytest.fixture
def bench(running: Bench) -> Iterator[Bench]:
    """The terminal, empty and well."""
    running.recover()
    running.clear()
    yield running
    running.recover()


@pytest.fixture
def samples(bench: Bench) -> Samples:
    """Asked in a session of its own, which ends: some terminals have one at a time."""
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        return Samples(session.about().can)


@pytest.fixture
def session(bench: Bench, samples: Samples) -> Iterator[Session]:
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        yield session


def test_every_installed_driver_has_a_bench_and_calls_itself_by_its_make() -> None:
    found = drivers.find_drivers()
    assert not found.broken
    assert set(found.working) == {point.name for point in entry_points(group=drivers.GROUP)}
    assert set(found.working) <= set(BENCHES)
    assert all(driver.make.name == name for name, driver in found.working.items())


def test_about_tells_what_the_terminal_can_hold(session: Session) -> None:
    can = session.about().can
    assert isinstance(can, Capabilities)
    assert can.capacity == 5
    assert can.schedules == 0 or can.schedules >= 3


def test_about_tells_one_device_from_another_and_is_asked_in_each_session(bench: Bench) -> None:
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        serial, users = session.about().serial, session.about().users
    bench.replace()
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        assert session.about().serial != serial or serial == ""
        assert users in (0, None)


def test_about_counts_everybody_who_was_there_when_the_session_began(bench: Bench, samples: Samples) -> None:
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        put(session, samples.user(1))
    bench.enrol(samples.key(4), "Caretaker", own=bench.own_administrators)
    with bench.driver.open(bench.settings, timeout=PATIENCE) as later:
        assert later.about().users in (2, None)


def test_the_terminals_own_administrators_are_told_apart_and_outlive_an_erase(
    bench: Bench, session: Session, samples: Samples
) -> None:
    if not bench.own_administrators:
        pytest.skip("terminals of this make have no administrators of their own")
    put(session, samples.user(1))
    bench.enrol(samples.key(4), "Caretaker", own=True)
    for found in (list(session.read(Kind.USER, [samples.key(1), samples.key(4)])), list(session.read_all(Kind.USER))):
        assert {each.record.key: each.own for each in found} == {samples.key(1): False, samples.key(4): True}
    session.erase()
    assert set(bench.memory(Kind.USER)) == {samples.key(4)}


def test_put_stores_what_an_independent_reader_finds(bench: Bench, session: Session, samples: Samples) -> None:
    for record in samples.everything:
        put(session, record)
    assert bench.memory(Kind.USER) == {each.key: samples.held(each) for each in (samples.alice, samples.bob)}
    assert bench.memory(Kind.SCHEDULE) == {each.key: samples.held(each) for each in samples.schedules}


def test_read_gives_back_the_readable_fields_of_what_was_put(session: Session, samples: Samples) -> None:
    for record in samples.everything:
        put(session, record)
    for record in (samples.alice, samples.bob):
        assert by_key(session.read(Kind.USER, [record.key])) == {record.key: samples.read(record)}
    both = {each.key: samples.read(each) for each in samples.schedules}
    assert by_key(session.read(Kind.SCHEDULE, list(both))) == both


def test_read_leaves_out_what_is_not_there(session: Session, samples: Samples) -> None:
    put(session, samples.user(1))
    assert set(by_key(session.read(Kind.USER, [samples.key(1), samples.key(404), samples.key(1)]))) == {samples.key(1)}
    assert by_key(session.read(Kind.USER, [])) == {}


def test_read_tells_what_is_there_now_and_not_what_was_put(bench: Bench, session: Session, samples: Samples) -> None:
    put(session, samples.user(1))
    bench.forget(Kind.USER, samples.key(1))
    assert by_key(session.read(Kind.USER, [samples.key(1)])) == {}


def test_users_and_schedules_have_keys_of_their_own(bench: Bench, session: Session, samples: Samples) -> None:
    if not samples.schedules:
        pytest.skip("terminals of this make hold no time schedules")
    put(session, samples.nights)
    alike = Record(kind=Kind.USER, key=samples.nights.key, fields=samples.user(1).fields)
    put(session, samples.user(1) if samples.can.key_form in (KeyForm.CARD, KeyForm.PLACE) else alike)
    there = set(bench.memory(Kind.USER))
    remove(session, Kind.SCHEDULE, samples.nights.key)
    assert set(bench.memory(Kind.USER)) == there
    assert there
    assert bench.memory(Kind.SCHEDULE) == {}


def test_put_replaces_what_is_under_the_key(bench: Bench, session: Session, samples: Samples) -> None:
    put(session, samples.alice)
    less = [] if samples.can.key_form is not KeyForm.CARD else samples.alice.fields["cards"]
    changed = samples.user(1, name="Alice Jansen", cards=less, pin="")
    put(session, changed)
    assert bench.memory(Kind.USER) == {changed.key: samples.held(changed)}


def test_records_that_are_put_together_are_answered_one_by_one(bench: Bench, session: Session, samples: Samples) -> None:
    keys = [samples.key(number) for number in (1, 2, 3, 4)]
    too_long = samples.user(3, pin="9" * (samples.can.pin_max + 1))
    answers = list(session.put_many([samples.user(1), samples.user(2), too_long, samples.user(4)]))
    assert sorted(answer.key for answer in answers) == sorted(keys)
    assert [answer.key for answer in answers if answer.refusal] == [keys[2]]
    assert set(bench.memory(Kind.USER)) == {keys[0], keys[1], keys[3]}
    gone = [keys[0], samples.key(404)]
    assert {answer.key: answer.refusal for answer in session.remove_many(Kind.USER, gone)} == dict.fromkeys(gone, "")
    assert set(bench.memory(Kind.USER)) == {keys[1], keys[3]}


def test_nothing_is_written_before_the_first_answer_is_asked_for(bench: Bench, session: Session, samples: Samples) -> None:
    answers = session.put_many([samples.user(1)])
    assert bench.memory(Kind.USER) == {}
    assert [answer.refusal for answer in answers] == [""]


def test_a_session_goes_on_after_a_bulk_write_that_was_left_halfway(bench: Bench, session: Session, samples: Samples) -> None:
    answers = session.put_many([samples.user(1), samples.user(2), samples.user(3)])
    first = next(answers).key
    answers.close()  # type: ignore[attr-defined]  # the iterators of all benches are generators
    assert first in bench.memory(Kind.USER)
    put(session, samples.user(4))
    assert set(by_key(session.read_all(Kind.USER))) == set(bench.memory(Kind.USER)) >= {first, samples.key(4)}


def test_remove_removes_just_this_one(bench: Bench, session: Session, samples: Samples) -> None:
    put(session, samples.user(1))
    put(session, samples.user(2))
    remove(session, Kind.USER, samples.key(1))
    assert set(bench.memory(Kind.USER)) == {samples.key(2)}


def test_remove_of_what_is_not_there_is_no_error(session: Session, samples: Samples) -> None:
    remove(session, Kind.USER, samples.key(404))
    remove(session, Kind.SCHEDULE, samples.schedule_key(404))


def test_read_all_gives_the_whole_memory_of_a_kind(session: Session, samples: Samples) -> None:
    for record in samples.everything:
        put(session, record)
    assert set(by_key(session.read_all(Kind.USER))) == {samples.alice.key, samples.bob.key}
    assert set(by_key(session.read_all(Kind.SCHEDULE))) == {each.key for each in samples.schedules}


def test_erase_forgets_users_and_schedules(bench: Bench, session: Session, samples: Samples) -> None:
    for record in samples.everything:
        put(session, record)
    session.erase()
    assert bench.memory(Kind.USER) == bench.memory(Kind.SCHEDULE) == {}


def test_a_full_memory_is_a_permanent_error_and_the_session_goes_on(bench: Bench, session: Session, samples: Samples) -> None:
    for number in range(5):
        put(session, samples.user(number))
    with pytest.raises(TerminalError) as caught:
        put(session, samples.user(5))
    assert caught.value.permanent
    assert set(bench.memory(Kind.USER)) == {samples.key(number) for number in range(5)}
    put(session, samples.user(4, name="Room to change"))
    remove(session, Kind.USER, samples.key(0))
    another = samples.user(0 if samples.can.key_form is KeyForm.PLACE else 5)  # a place that became free
    put(session, another)
    assert set(bench.memory(Kind.USER)) == {another.key, *(samples.key(number) for number in range(1, 5))}


def test_what_the_terminal_cannot_hold_is_a_permanent_error_without_a_secret_in_its_words(
    session: Session, samples: Samples
) -> None:
    can = session.about().can
    wide: dict[str, Value] = {
        "pin": "9" * (can.pin_max + 1),
        "cards": [str(2**can.card_bits)],
        "name": "N" * (can.name_bytes + 1),
    }
    if can.name_letters is Letters.NONE:
        del wide["name"]
    if can.key_form is KeyForm.CARD:
        del wide["cards"]  # it is the key
    for name, value in wide.items():
        with pytest.raises(TerminalError) as caught:
            put(session, samples.user(1, **{name: value}))
        assert caught.value.permanent
        assert "9" * (can.pin_max + 1) not in str(caught.value)
        assert str(2**can.card_bits) not in str(caught.value)
    assert by_key(session.read(Kind.USER, [samples.key(1)])) == {}


def test_a_terminal_that_is_off_is_no_permanent_error(bench: Bench) -> None:
    bench.vanish()
    with pytest.raises(TerminalError) as caught, bench.driver.open(bench.settings, timeout=1):
        pass
    assert not caught.value.permanent
    assert str(caught.value)


def test_a_terminal_that_is_lost_on_the_way_is_no_permanent_error(bench: Bench, samples: Samples) -> None:
    """Where requests are datagrams, it is noticed only when no answer comes."""
    with bench.driver.open(bench.settings, timeout=5) as session:
        put(session, samples.user(1))
        bench.vanish()
        with pytest.raises(TerminalError) as caught:
            put(session, samples.user(2))
    assert not caught.value.permanent


def test_a_terminal_that_falls_silent_is_given_up_in_time(bench: Bench, samples: Samples) -> None:
    """Whoever waits longer gets the answer, and no error."""
    with bench.driver.open(bench.settings, timeout=1) as session:
        bench.fall_silent()
        with pytest.raises(TerminalError) as caught:
            put(session, samples.user(1))
    assert not caught.value.permanent


@pytest.mark.parametrize("address", ["", "nowhere", "127.0.0.1:99999", "127.0.0.1:port"])
def test_an_address_that_is_none_is_said_so(bench: Bench, address: str) -> None:
    with pytest.raises(TerminalError) as caught, bench.driver.open(ConnectionSettings(address=address), timeout=1):
        pass
    assert not caught.value.permanent


@pytest.fixture
def openable(bench: Bench) -> tuple[str, ...]:
    """The doors that can be opened from here."""
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        doors = session.about().can.remote_doors
        assert isinstance(session, SupportsOpening) is bool(doors)
    if not doors:
        pytest.skip("this make does not open a door because it is told to; its scale.yaml says why")
    return doors


def test_each_door_that_it_names_opens_once(bench: Bench, openable: tuple[str, ...], session: Session) -> None:
    assert isinstance(session, SupportsOpening)
    before = len(bench.opened())
    for door in openable:
        session.open_door(int(door), within=PATIENCE)
    assert bench.opened()[before:] == [int(door) for door in openable]


def test_a_door_that_it_does_not_name_stays_shut(bench: Bench, openable: tuple[str, ...], session: Session) -> None:
    assert isinstance(session, SupportsOpening)
    before = bench.opened()[:]
    with pytest.raises(TerminalError) as caught:
        session.open_door(99, within=PATIENCE)
    assert caught.value.permanent
    assert bench.opened() == before


def test_a_door_is_asked_for_once_and_given_up_in_time(bench: Bench, openable: tuple[str, ...]) -> None:
    before = bench.opened()[:]
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        assert isinstance(session, SupportsOpening)
        bench.fall_silent()
        with pytest.raises(TerminalError) as caught:
            session.open_door(int(openable[0]), within=1)
    assert not caught.value.permanent
    bench.recover()
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        session.about()
    assert bench.opened() == before


@pytest.fixture
def mode_doors(bench: Bench) -> tuple[str, ...]:
    """The doors whose mode can be set from here."""
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        doors = session.about().can.mode_doors
        assert isinstance(session, SupportsDoorModes) is bool(doors)
    if not doors:
        pytest.skip("this make holds no door open because it is told to, or nobody knows how to tell it")
    return doors


def test_each_door_that_it_names_stays_in_its_mode_and_says_so(bench: Bench, mode_doors: tuple[str, ...]) -> None:
    for mode in (DoorMode.HELD_OPEN, DoorMode.LOCKED_DOWN, DoorMode.SCHEDULE):
        with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
            assert isinstance(session, SupportsDoorModes)
            session.set_door_mode(int(mode_doors[-1]), mode, within=PATIENCE)
        with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
            assert isinstance(session, SupportsDoorModes)
            assert session.door_mode(int(mode_doors[-1]), within=PATIENCE) is mode
            assert all(session.door_mode(int(door), within=PATIENCE) is DoorMode.SCHEDULE for door in mode_doors[:-1])


def test_the_mode_of_a_door_that_it_does_not_name_is_not_set(mode_doors: tuple[str, ...], session: Session) -> None:
    assert mode_doors
    assert isinstance(session, SupportsDoorModes)
    with pytest.raises(TerminalError) as caught:
        session.set_door_mode(99, DoorMode.HELD_OPEN, within=PATIENCE)
    assert caught.value.permanent


def test_a_mode_that_was_given_up_does_not_come_later(bench: Bench, mode_doors: tuple[str, ...]) -> None:
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        assert isinstance(session, SupportsDoorModes)
        bench.fall_silent()
        with pytest.raises(TerminalError) as caught:
            session.set_door_mode(int(mode_doors[0]), DoorMode.HELD_OPEN, within=1)
    assert not caught.value.permanent
    bench.recover()
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        assert isinstance(session, SupportsDoorModes)
        assert session.door_mode(int(mode_doors[0]), within=PATIENCE) is DoorMode.SCHEDULE


def test_sessions_follow_one_another(bench: Bench, samples: Samples) -> None:
    for number in range(3):
        with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
            put(session, samples.user(number))
    assert set(bench.memory(Kind.USER)) == {samples.key(number) for number in range(3)}
