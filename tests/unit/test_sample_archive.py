"""Which versions an export carries: the latest that is new, and in the end the same whatever the exports."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from sample import archive
from sample.archive import Versions
from sample.draws import Ints, Stream
from sample.timeline import Timeline, distinct
from sample.traits import PrefixStream, Traits

THROUGH = dt.date(2026, 10, 31)


def _versions(record: list[int], seen: list[int], full: bool = False) -> Versions:
    def build(which: Ints) -> pa.Table:
        return pa.table({"place": pa.array(which)})

    return Versions("s", "Thing", np.array(record), np.array(seen), build, full=full)


def test_the_opening_export_carries_the_last_version_of_each_record_so_far() -> None:
    versions = _versions([0, 0, 0, 1, 2], [1, 5, 9, 4, 7])
    assert archive.carried(versions, None, 6).tolist() == [1, 3]


def test_a_further_export_carries_what_is_new_or_changed() -> None:
    versions = _versions([0, 0, 0, 1, 2], [1, 5, 9, 4, 7])
    assert archive.carried(versions, 4, 8).tolist() == [1, 4]
    assert archive.carried(versions, 9, 20).tolist() == []


def test_a_full_export_carries_everything_seen_so_far() -> None:
    versions = _versions([0, 0, 1, 2], [1, 8, 4, 12], full=True)
    assert archive.carried(versions, 6, 9).tolist() == [1, 2]


def test_versions_need_not_stand_record_by_record() -> None:
    versions = _versions([2, 0, 2, 1, 0], [1, 1, 2, 3, 4])
    assert archive.carried(versions, None, 3).tolist() == [1, 2, 3]


@pytest.mark.parametrize(("every", "exports", "expected"), [
    ("week", 2, ["2026-10-17", "2026-10-24", "2026-10-31"]),
    ("day", 1, ["2026-10-30", "2026-10-31"]),
    ("week", 0, ["2026-10-31"]),
])  # fmt: skip
def test_exports_end_on_the_last_day(every: str, exports: int, expected: list[str]) -> None:
    assert [str(day) for day in archive.days(THROUGH, every, exports)] == expected


@pytest.mark.parametrize("bounds", [[30], [3, 30], [5, 6, 7, 30], list(range(31))])
def test_the_last_version_seen_does_not_depend_on_the_exports(bounds: list[int]) -> None:
    stream = Stream(1, "versions")
    record = np.sort(stream.below(40, 400))
    # Within each record the days rise, as its versions do.
    seen = np.sort(record * 100 + stream.below(31, 400)) % 100
    versions = _versions(record.tolist(), seen.tolist())
    state: dict[int, int] = {}
    for after, until in zip([None, *bounds], bounds, strict=False):
        for place in archive.carried(versions, after, until).tolist():
            state[int(record[place])] = place
    expected = {int(each): int(np.flatnonzero(record == each)[-1]) for each in np.unique(record)}
    assert state == expected


def test_a_timeline_tells_the_last_happening() -> None:
    happened = Timeline([(np.array([1, 0, 1]), np.array([50, 20, 90])), (np.array([1]), np.array([50]))])
    assert happened.record.tolist() == [0, 1, 1]
    assert happened.moment.tolist() == [20, 50, 90]
    found = happened.latest(np.array([0, 0, 1, 1, 2]), np.array([19, 20, 89, 90, 100]))
    assert found.tolist() == [-1, 0, 1, 2, -1]


def test_distinct_values_come_in_order() -> None:
    assert distinct(np.array([3, 1, 3, 2])).tolist() == [1, 2, 3]
    assert distinct(np.array([], dtype=np.int64)).tolist() == []


def test_traits_belong_to_the_record_alone() -> None:
    traits = Traits(1, "lead")
    every = traits.unit("size", np.arange(1000))
    assert np.array_equal(traits.unit("size", np.array([700, 3])), every[[700, 3]])
    assert not np.array_equal(traits.unit("colour", np.arange(1000)), every)
    assert not np.array_equal(Traits(2, "lead").unit("size", np.arange(1000)), every)
    assert every.min() >= 0
    assert every.max() < 1
    assert every.mean() == pytest.approx(0.5, abs=0.04)
    assert np.corrcoef(every[:-1], every[1:])[0, 1] == pytest.approx(0, abs=0.1)


def test_traits_draw_what_was_asked_for() -> None:
    traits, records = Traits(3, "x"), np.arange(5000)
    assert set(traits.pick("a", (0, 5, 0, 1), records).tolist()) == {1, 3}
    assert set(traits.between("b", -1, 2, records).tolist()) == {-1, 0, 1, 2}
    assert traits.chance("c", 0.2, records).mean() == pytest.approx(0.2, abs=0.03)
    table = np.array([1.0, 2.0, 4.0])
    drawn = traits.spread("d", table, records)
    assert np.median(drawn) == pytest.approx(2.0, abs=0.1)


def test_a_prefix_stream_begins_alike_however_much_is_drawn() -> None:
    short, long = PrefixStream(1, "deals"), PrefixStream(1, "deals")
    assert np.array_equal(short.unit(5), long.unit(50)[:5])
    assert np.array_equal(short.pick((1, 2, 3), 5), long.pick((1, 2, 3), 50)[:5])
