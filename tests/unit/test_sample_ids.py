"""Record ids of the sample: right checksums, different ids, empty cells for no record."""

from __future__ import annotations

import numpy as np
import pytest

from sample.ids import PREFIXES, IdSpace, checksum, numbered


def _bytes(*ids: str) -> np.ndarray:
    return np.array([list(each.encode()) for each in ids], dtype=np.uint8)


def _reference_checksum(identifier: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    groups = (identifier[0:5], identifier[5:10], identifier[10:15])
    return "".join(letters[sum(2**place for place, c in enumerate(group) if c.isupper())] for group in groups)


@pytest.mark.parametrize(
    ("short", "ending"),
    [("001A0000006Vm9r", "IAC"), ("000000000000000", "AAA"), ("ABCDEABCDEABCDE", "555"), ("a0123b4567c89de", "AAA")],
)
def test_checksum_of_known_ids(short: str, ending: str) -> None:
    assert checksum(_bytes(short)).tobytes().decode() == ending


@pytest.mark.parametrize("record_type", sorted(PREFIXES))
def test_every_id_has_its_prefix_and_checksum_and_is_unique(record_type: str) -> None:
    ids = IdSpace(record_type, 5000).all().to_pylist()
    assert len(set(ids)) == 5000
    assert {len(each) for each in ids} == {18}
    assert {each[:3] for each in ids} == {PREFIXES[record_type]}
    assert [each[15:] for each in ids] == [_reference_checksum(each[:15]) for each in ids]


def test_ids_stay_distinct_when_case_is_ignored() -> None:
    ids = IdSpace("Task", 20_000).all().to_pylist()
    assert len({each.upper() for each in ids}) == 20_000


def test_an_id_depends_on_its_number_only() -> None:
    space = IdSpace("Lead", 10)
    assert numbered("Lead", np.array([7])).tobytes().decode() == space.all()[7].as_py()


def test_no_record_gives_an_empty_cell() -> None:
    space = IdSpace("Account", 3)
    every = space.all().to_pylist()
    assert space.of(np.array([2, -1, 0])).to_pylist() == [every[2], "", every[0]]
    assert space.of(np.array([1, 1])).to_pylist() == [every[1], every[1]]


def test_joined_spaces_keep_both_orders() -> None:
    leads, contacts = IdSpace("Lead", 2), IdSpace("Contact", 2)
    both = IdSpace.joined(leads, contacts)
    assert both.all().to_pylist() == leads.all().to_pylist() + contacts.all().to_pylist()
