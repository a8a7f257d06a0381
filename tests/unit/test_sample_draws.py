"""Draws: equal for equal names, the same on every machine, and never outside what was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from sample.draws import Pools, Stream, lognormal


def test_equal_names_draw_equally_and_others_differ() -> None:
    assert np.array_equal(Stream(1, "leads").unit(50), Stream(1, "leads").unit(50))
    for other in (Stream(2, "leads"), Stream(1, "deals"), Stream(1, "leads", 1)):
        assert not np.array_equal(Stream(1, "leads").unit(50), other.unit(50))


def test_the_numbers_are_those_of_every_machine() -> None:
    assert Stream(1, "leads").below(1_000_000, 4).tolist() == [416_814, 9_351, 271_375, 73_648]


def test_pick_never_takes_what_weighs_nothing() -> None:
    picked = Stream(3, "x").pick([0, 5, 0, 1, 0], 5000)
    assert set(picked.tolist()) == {1, 3}
    assert 0.78 < (picked == 1).mean() < 0.88


def test_pools_draw_only_members_of_the_group_by_weight() -> None:
    weights = np.array([[0, 3, 0, 1], [2, 0, 0, 0], [0, 0, 1, 1]])
    group = np.repeat(np.arange(3), 2000)
    member = Pools(weights).draw(Stream(4, "x"), group)
    assert np.all(weights[group, member] > 0)
    assert 0.70 < (member[:2000] == 1).mean() < 0.80


def test_between_includes_both_ends() -> None:
    assert set(Stream(5, "x").between(-1, 2, 500).tolist()) == {-1, 0, 1, 2}


@pytest.mark.parametrize("sigma", [0.45, 0.85])
def test_lognormal_rises_around_a_median_of_one(sigma: float) -> None:
    table = lognormal(sigma)
    assert table[len(table) // 2] == 1.0
    assert np.all(np.diff(table) > 0)
    drawn = Stream(6, "x").spread(table, 20_000)
    assert table[0] <= drawn.min()
    assert drawn.max() <= table[-1]
    assert np.quantile(np.log(drawn), 0.8413) == pytest.approx(sigma, rel=0.05)


def test_sample_takes_different_ones_in_order() -> None:
    chosen = Stream(7, "x").sample(np.arange(10, 30), 8)
    assert len(set(chosen.tolist())) == 8
    assert np.all(np.diff(chosen) > 0)
