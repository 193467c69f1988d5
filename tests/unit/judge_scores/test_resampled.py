"""Intervals of means over clustered calls: EVA's where every cluster has one call."""

from __future__ import annotations

import numpy as np
import pytest

from app.eval.eva.run_summary import mean_interval
from app.eval.stats.resampled import cluster_intervals


def test_single_calls_give_evas_interval() -> None:
    values = [float(v) for v in np.random.default_rng(1).random(37)]
    found = cluster_intervals([str(n) for n in range(37)], {"a": values}, seed=7)["a"]
    eva = mean_interval(values, seed=7)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (eva.low, eva.high)


def test_calls_of_one_cluster_are_drawn_together() -> None:
    values = [0.0, 1.0] * 20
    alone = cluster_intervals([str(n) for n in range(40)], {"a": values})["a"]
    by_value = cluster_intervals([str(v) for v in values], {"a": values})["a"]
    mixed = cluster_intervals([str(n // 2) for n in range(40)], {"a": values})["a"]
    assert alone is not None
    assert by_value is not None
    assert mixed is not None
    assert 0.3 < alone.low < 0.5 < alone.high < 0.7
    assert (by_value.low, by_value.high) == (0.0, 1.0), "two clusters decide all"
    assert (mixed.low, mixed.high) == (0.5, 0.5), "every cluster has the same mean"


def test_missing_values_do_not_count_and_too_few_clusters_have_none() -> None:
    clusters = ["a", "b", "c", "c"]
    columns = {
        "all": [0.0, 1.0, 0.5, 0.5],
        "two": [0.2, None, 0.4, None],
        "one": [None, None, 0.4, 0.6],
        "none": [None] * 4,
    }
    found = cluster_intervals(clusters, columns)
    assert found["one"] is None
    assert found["none"] is None
    two = found["two"]
    assert two is not None
    assert (two.low, two.high) == (pytest.approx(0.2), pytest.approx(0.4))
    assert found == cluster_intervals(clusters, columns)
