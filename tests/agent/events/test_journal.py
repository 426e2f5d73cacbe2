"""What was read is on the disk, sealed, and goes nowhere else before the hub has it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from doorsync.agent.errors import StorageFailed
from doorsync.agent.events import journal as module
from doorsync.agent.events.journal import Journal, Series, SeriesFiles
from tests.agent.events.logs import entries, entry, positions

GATE = Series(terminal="gate", serial="S1", series="ab")


@pytest.fixture
def files(tmp_path: Path) -> SeriesFiles:
    return Journal(tmp_path).open(GATE)


def again(folder: Path, about: Series = GATE) -> SeriesFiles:
    """After a restart of the agent."""
    return Journal(folder).open(about)


def test_entries_outlive_the_agent(files: SeriesFiles, tmp_path: Path) -> None:
    files.append(entries(1, 3))
    files.append(entries(4, 4))
    found = again(tmp_path)
    assert found.last == 4
    assert positions(found.after(0)) == [1, 2, 3, 4]
    assert positions(found.after(2)) == [3, 4]
    assert found.after(4) == []


def test_a_file_is_full_at_some_number_and_another_one_begins(files: SeriesFiles, tmp_path: Path) -> None:
    files.append(entries(1, 1203))
    assert [len(files.after(position)) for position in (0, 500, 1000, 700)] == [500, 500, 203, 300]
    assert again(tmp_path).last == 1203


def test_no_card_is_on_the_disk_in_clear(files: SeriesFiles, tmp_path: Path) -> None:
    files.append([entry(1, key="", card="918273645")])
    assert again(tmp_path).after(0)[0].card == "918273645"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"918273645" in path.read_bytes()]


def test_a_damaged_file_counts_as_not_there(files: SeriesFiles, tmp_path: Path) -> None:
    files.append(entries(1, 700))
    (path,) = tmp_path.glob("*/501")
    path.write_text(path.read_text()[:-9])
    found = again(tmp_path)
    assert found.last == 500
    (path,) = tmp_path.glob("*/1")
    path.write_text("")
    assert found.after(0) == []


def test_lost_entries_are_found_from_the_first_of_them_on(files: SeriesFiles) -> None:
    files.append([entry(50, lost=50), entry(51)])
    assert positions(files.after(0)) == positions(files.after(30)) == [50, 51]


def test_entries_that_the_hub_lacks_again_are_put_between_the_files(files: SeriesFiles, tmp_path: Path) -> None:
    files.skip_to(10)
    files.append(entries(11, 12))
    assert files.after(4) == []
    assert files.next_first(4) == 11
    files.insert(entries(5, 10))
    assert positions(files.after(4)) == [5, 6, 7, 8, 9, 10]
    assert positions(again(tmp_path).after(10)) == [11, 12]


def test_only_what_the_hub_has_is_dropped_and_only_after_a_month(files: SeriesFiles, tmp_path: Path) -> None:
    files.append(entries(1, 1100))
    later = time.time() + module.KEPT + 60
    files.drop_old(later)
    files.have = 700
    files.drop_old(time.time())
    assert len(list(tmp_path.glob("*/[0-9]*"))) == 3
    files.drop_old(later)
    assert sorted(int(path.name) for path in tmp_path.glob("*/[0-9]*")) == [501, 1001]
    files.have = 1100
    files.drop_old(later)
    assert sorted(int(path.name) for path in tmp_path.glob("*/[0-9]*")) == [1001]  # says where to go on
    assert again(tmp_path).last == 1100


def test_another_series_begins_at_its_own_start_and_both_are_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open(GATE).append(entries(1, 3))
    other = journal.open(Series(terminal="gate", serial="S1", series="cd"))
    assert other.last == 0
    assert journal.newest("gate", "S1") is other
    assert [each.about.series for each in journal.older(other)] == ["ab"]
    assert len(Journal(tmp_path).all()) == 2


def test_a_device_keeps_its_log_at_another_terminal_and_one_without_serial_number_does_not(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open(GATE).append(entries(1, 3))
    moved = journal.open(Series(terminal="pool", serial="S1", series="ab"))
    assert (moved.last, Journal(tmp_path).newest("anywhere", "S1").about.terminal) == (3, "pool")  # type: ignore[union-attr]
    journal.open(Series(terminal="gate", serial="", series="ab")).append(entries(1, 2))
    assert journal.open(Series(terminal="pool", serial="", series="ab")).last == 0


def test_a_key_that_cannot_be_read_stops_the_journal(tmp_path: Path) -> None:
    Journal(tmp_path)
    (tmp_path / "key").write_text("nonsense")
    with pytest.raises(StorageFailed):
        Journal(tmp_path)
