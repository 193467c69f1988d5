"""A judge of pairs that is swayed by known amounts: each is found with its size, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from app.eval.calibration.biases import pair_biases
from app.services.calibrating.detail_biases import WORDS, biases_of, is_own
from app.services.calibrating.report_cell import cell_section
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic_pairs import Pairs, drawn, pairs

PAIRS = 150
PLANTED = {"intercept": 0.7, "human": 1.2, "length": 0.8, "latency": 0.9, "own_family": 1.2}
BIASES = ("intercept", "length", "latency", "own_family")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pairs]:
    opened = Workspace.open(tmp_path_factory.mktemp("pairs") / "ws")
    found = pairs(opened, *drawn(PAIRS, 3))
    found.people("Ann", "Ben")
    found.judge("swayed", "gpt-4.1", found.swayed(PLANTED, 11))
    found.judge("fair", "gpt-4.1-mini", found.swayed({"human": 1.2}, 12))
    yield found
    opened.close()


def test_each_planted_bias_is_found_with_its_size(made: Pairs) -> None:
    told = biases_of(made.world.ws, made.source("swayed"))
    assert told.is_paired
    assert not told.left_out
    found = told.regression
    assert set(found.coefficients) == set(PLANTED)
    assert 1.9 * PAIRS < found.calls <= 2 * PAIRS
    assert 1.8 * PAIRS < found.n < 2 * PAIRS, "ties are no verdicts"
    for name, value in PLANTED.items():
        assert found.coefficients[name].low < value < found.coefficients[name].high, name
        assert found.coefficients[name].low > 0, name


def test_a_judge_that_goes_by_the_label_alone_has_none_of_them(made: Pairs) -> None:
    found = biases_of(made.world.ws, made.source("fair")).regression.coefficients
    assert found["human"].low > 0
    for name in BIASES:
        assert found[name].low < 0 < found[name].high, name


def test_the_report_says_what_order_did(made: Pairs) -> None:
    one = made.source("swayed")
    told = cell_section(made.world.ws, one.found, one.cell, one.rule)["biases"]
    shown = {row["name"]: row["value"] for row in told["rows"]}
    assert float(shown["Shown first"]) > 0
    assert set(shown) == {WORDS[name] for name in PLANTED}
    assert any("leaned to what was shown first" in words for words in told["words"])


def _rows(
    rng: np.random.Generator, ends: np.ndarray, by: float, own_taste: float
) -> tuple[np.ndarray, ...]:
    """Verdicts in both orders on pairs of calls; `own_taste` is what the judge sees in a call."""
    length, seen = rng.normal(size=(2, int(ends.max()) + 1))
    label = rng.choice([-1.0, 1.0], len(ends))
    apart = [v[ends[:, 0]] - v[ends[:, 1]] for v in (length, own_taste * seen)]
    turned = np.repeat([1.0, -1.0], len(ends))
    human, longer, taste = (turned * np.tile(v, 2) for v in (label, *apart))
    odds = by + human + taste
    first = (rng.random(len(odds)) < 1 / (1 + np.exp(-odds))) * 1.0
    return first, (human + 1) / 2, longer, np.tile(ends, (2, 1))


def test_with_nothing_planted_one_interval_in_twenty_leaves_out_0() -> None:
    ends = np.arange(160).reshape(80, 2)
    missed = 0
    for seed in range(200):
        first, human, longer, calls = _rows(np.random.default_rng(seed), ends, 0.0, 0.0)
        found = pair_biases(first, human, {"length": longer}, calls).coefficients
        missed += sum(not found[n].low < 0 < found[n].high for n in ("intercept", "length"))
    assert 8 <= missed <= 34, "20 of 400 are expected"


def test_pairs_that_share_a_call_hang_together() -> None:
    """What the judge sees in a call it sees in all of its pairs."""
    ends = np.array([(a, 16 + b) for a in range(16) for b in range(16) if (a + b) % 3 == 0])
    missed = {"both": 0, "pair": 0}
    for seed in range(150):
        first, human, longer, calls = _rows(np.random.default_rng(seed), ends, 0.0, 2.0)
        alone = np.tile(np.arange(len(ends)), 2)
        for how, groups in (("both", calls), ("pair", alone)):
            found = pair_biases(first, human, {"length": longer}, groups).coefficients["length"]
            missed[how] += not found.low < 0 < found.high
    assert missed["both"] <= 14, "7.5 of 150 are expected"
    assert missed["pair"] > 2 * missed["both"]


def test_what_differs_in_no_pair_is_left_out_with_the_reason(workspace: Workspace) -> None:
    sides, labels = drawn(30, 5)
    one = replace(sides[0][0], agent_version="2.1", latency_s=np.nan)
    known = replace(one, latency_s=1.0)
    alike = [(known, known) if at < 10 else (one, one) for at in range(30)]
    made = pairs(workspace, alike, labels)
    made.people("Ann")
    made.judge("judge", "gpt-4.1", made.swayed({"human": 1.0, "intercept": 0.5}, 4))
    told = biases_of(workspace, made.source("judge"))
    assert set(told.regression.coefficients) == {"intercept", "human"}
    words = " ".join(told.left_out)
    assert "Length, per doubling: the same for all verdicts." in words
    assert "Own model family: known of 0 of " in words
    assert "Latency, per second: known of " in words
    assert len(told.left_out) == 3


@pytest.mark.parametrize(
    ("says", "reason"),
    [("people", "separate"), ("first", "same"), ("neither", "neither call"), ("once", "both ord")],
)
def test_what_cannot_be_told_says_why_and_is_no_nought(
    workspace: Workspace, says: str, reason: str
) -> None:
    made = pairs(workspace, *drawn(30, 6))
    made.people("Ann")
    said = {
        "people": [(v, v) for v in made.labels], "first": [(1, -1)] * 30,
        "neither": [(0, 0)] * 30, "once": [(v,) for v in made.labels],
    }[says]  # fmt: skip
    made.judge("judge", "gpt-4.1", said)
    told = biases_of(workspace, made.source("judge"))
    assert told.regression.coefficients == {}
    assert reason in (told.reason or told.regression.reason)
    assert (told.position is None) == (says == "once")


def test_the_same_verdict_in_both_orders_leaves_nothing_to_the_order() -> None:
    ends = np.arange(160).reshape(80, 2)
    first, human, longer, calls = _rows(np.random.default_rng(1), ends, 0.0, 0.0)
    first[80:] = 1 - first[:80]
    found = pair_biases(first, human, {"length": longer}, calls).coefficients["intercept"]
    assert (found.value, found.error, found.low, found.high, found.p) == (0, 0, 0, 0, 1)


def test_a_call_that_names_no_family_may_be_of_any(made: Pairs) -> None:
    call = next(iter(made.source("fair").found.calls.values()))
    told = [
        is_own("gpt-4.1", replace(call, agent=agent, agent_version=version))
        for agent, version in (("orin", "gpt-realtime"), ("claude", "4"), ("orin", "2.1"))
    ]
    assert told == [True, False, None]
    assert is_own("", replace(call, agent_version="claude 4")) is None
