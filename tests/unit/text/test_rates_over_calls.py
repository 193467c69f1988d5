"""Micro and macro rates over calls and their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from app.eval.text import rates as rates_module
from app.eval.text.counts import Counts
from app.eval.text.rates import over_calls


def call(errors: int, words: int) -> Counts:
    return Counts(hits=words - errors, substitutions=errors)


def test_micro_weighs_words_and_macro_weighs_calls() -> None:
    found = over_calls([call(1, 2), call(0, 8)])
    assert found.micro.value == pytest.approx(0.1)
    assert found.macro.value == pytest.approx(0.25)
    assert found.calls == 2
    assert found.counts == Counts(hits=9, substitutions=1)


def test_one_call_has_a_rate_but_no_interval_and_none_has_neither() -> None:
    one = over_calls([call(1, 4)])
    assert (one.micro.value, one.micro.low, one.macro.value, one.macro.high) == (
        0.25, None, 0.25, None,
    )  # fmt: skip
    none = over_calls([])
    assert none.micro.value is None
    assert none.macro.value is None


def test_calls_without_words_bring_their_insertions_only() -> None:
    found = over_calls([call(0, 5), Counts(insertions=5)])
    assert found.micro.value == 1.0
    assert found.macro.value == 0.0
    assert found.calls == 1
    silent = over_calls([Counts(insertions=3), Counts()])
    assert silent.micro.value is None


def test_an_interval_is_that_of_drawing_whole_calls() -> None:
    random = np.random.default_rng(5)
    each = [call(int(random.binomial(w, p)), int(w)) for w, p in zip(
        random.integers(20, 200, 60), random.beta(2, 8, 60), strict=True
    )]  # fmt: skip
    found = over_calls(each, draws=2000, seed=1)
    errors = np.array([c.errors for c in each])
    words = np.array([c.reference for c in each])
    own = np.random.default_rng(99)
    drawn = []
    for _ in range(4000):
        picked = own.integers(60, size=60)
        drawn.append(errors[picked].sum() / words[picked].sum())
    low, high = np.percentile(drawn, [2.5, 97.5])
    assert found.micro.low == pytest.approx(low, abs=0.008)
    assert found.micro.high == pytest.approx(high, abs=0.008)
    assert found.micro.low < found.micro.value < found.micro.high  # type: ignore[operator]
    # words alone would claim far more: 60 calls are not thousands of independent words
    value = float(errors.sum() / words.sum())
    by_words = 1.96 * np.sqrt(value * (1 - value) / words.sum())
    assert found.micro.high - found.micro.low > 2 * 2 * by_words  # type: ignore[operator]


def test_the_same_seed_gives_the_same_interval_whatever_the_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    each = [call(k % 4, 10) for k in range(30)]
    whole = over_calls(each, seed=3)
    monkeypatch.setattr(rates_module, "MAX_CELLS", 100)
    assert over_calls(each, seed=3) == whole
    assert over_calls(each, seed=4) != whole
