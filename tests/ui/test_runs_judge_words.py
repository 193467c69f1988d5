"""Judge runs in words and numbers: what is used of what may be, never a 0 that nobody knows."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.domain.evaluation import EvaluatorSpec, Run
from app.domain.judging import ASK_FAILURE_WORDS, RunCost
from app.services.judging.caps import Caps, note_of
from app.services.judging.estimating import Estimate
from app.services.judging.judging_runs import AskFailed
from app.services.judging.run_figures import Spending
from app.services.judging.run_notes import Skipped
from app.ui.runs import judge_words as words
from app.ui.runs.caps_fields import CapsFields
from app.ui.runs.failure_model import FailureRow, KindHead, by_kind
from app.ui.runs.judge_offers import estimate_words
from app.ui.runs.money import money_words, spent_words, tokens_words
from app.ui.runs.rows import Hints, row_of
from app.ui.theme import Theme

GAP = "\u00a0"
RUN = Run(
    id="r", number=7, kind="judge", title="GIC", query="", state="running", calls=40, steps=480,
    done=300, failed=11, reused=0, skipped=0, where="threads", workers=1, created_by="Ada",
    created_at="2026-11-30T14:10:00.000000Z", started_at="2026-11-30T14:10:00.000000Z",
    finished_at=None, active_s=100.0, retry_failed=False, note="",
    specs=(EvaluatorSpec(name="gic@1", args={
        "ref": "gic@1", "endpoint": "here", "model": "m", "params": {}}),),
)  # fmt: skip
COST = RunCost(
    asked=311, tokens=1_240_000, cached_tokens=0, priced_micro={"USD": 3_180_000}, unpriced=0,
    latency_ms=1900,
)  # fmt: skip


def spent(caps: Caps | None = None, **changes: Any) -> Spending:
    return Spending(cost=replace(COST, **changes), caps=caps or Caps())


@pytest.mark.parametrize(
    ("micro", "currency", "told"),
    [
        (3_180_000, "USD", "$3.18"),
        (0, "EUR", "€0.00"),
        (250, "USD", "$0.00025"),
        (3342, "USD", "$0.0033"),
        (2000, "USD", "$0.002"),
        (1_234_560_000, "CHF", f"CHF{GAP}1{GAP}234.56"),
    ],
)
def test_money_is_told_as_far_as_it_says_something(micro: int, currency: str, told: str) -> None:
    assert money_words(micro, currency) == told


def test_what_has_no_price_is_said_so() -> None:
    assert spent_words({}, 0) == ""
    assert spent_words({}, 3) == "price unknown"
    assert spent_words({"USD": 2_000_000}, 3) == "$2.00 and 3 unpriced"
    assert tokens_words(31_200) == f"31{GAP}200{GAP}tokens"
    assert tokens_words(1_240_000) == f"1.24{GAP}M{GAP}tokens".replace(f"M{GAP}", "M ")


def test_used_expected_and_where_it_stops() -> None:
    cost, tokens, requests = words.uses(RUN, spent(Caps(cost_micro=12_000_000, calls=500)))
    assert (cost.name, cost.amount) == ("Cost", "$3.18")
    assert cost.rest == " spent, $4.91 expected, stops at $12.00"
    assert cost.share == pytest.approx(3.18 / 12)
    assert cost.expected == pytest.approx(3.18 / 12 * 480 / 311)
    assert (tokens.share, tokens.expected) == (None, None)
    assert requests.rest == ", 480 expected, stops at 500"


def test_a_price_that_nobody_knows_is_no_zero() -> None:
    spending = spent(priced_micro={}, unpriced=311)
    cost = words.uses(RUN, spending)[0]
    assert (cost.amount, cost.rest) == ("price unknown", "")
    assert words.cost_cell(RUN, spending) == tokens_words(1_240_000)
    few = spent(priced_micro={}, unpriced=311, tokens=628_037)
    assert words.cost_cell(RUN, few) == f"628{GAP}k{GAP}tokens"
    some = spent(unpriced=4)
    assert words.uses(RUN, some)[0].rest.startswith(" spent, 4 unpriced, ")
    assert words.cost_cell(RUN, some) == "$3.18 +"


def test_nothing_is_expected_of_a_run_that_is_over() -> None:
    over = replace(RUN, state="done", steps=311)
    assert words.uses(over, spent())[0].rest == " spent"
    assert words.cost_cell(over, spent(Caps(cost_micro=12_000_000))) == "$3.18 of $12"


def test_a_run_that_waits_shows_its_cap_and_one_by_rules_nothing() -> None:
    none = spent(Caps(cost_micro=20_000_000), asked=0, tokens=0, priced_micro={})
    queued = replace(RUN, state="queued", done=0, failed=0)
    assert words.cost_cell(queued, none) == "cap $20"
    rules = spent(asked=0, tokens=0, priced_micro={})
    assert words.uses(queued, rules) == []
    assert words.cost_cell(queued, rules) == words.cost_cell(queued, None) == ""


def test_a_run_at_its_cap_is_told_from_one_that_is_paused() -> None:
    from datetime import UTC, datetime

    note = note_of([Caps(calls=20).reached(20, 0, 0)])
    capped = replace(RUN, state="paused", note=note)
    assert words.is_capped(capped)
    row = row_of(capped, Hints(), datetime.now(UTC))
    assert (row.icon, row.now, row.now_token) == ("hand", "Stopped at 20 requests", "warn")
    paused = replace(RUN, state="paused", note="Paused.")
    assert not words.is_capped(paused)


def test_whom_a_run_asks() -> None:
    specs = [EvaluatorSpec(name=n, args={"endpoint": n}) for n in ("", "a", "b")]
    told = [words.endpoints_words(replace(RUN, specs=tuple(specs[:n]))) for n in (1, 2, 3)]
    assert told == ["Rules", "a", "2 endpoints"]


def failed(kind: Any, **changes: Any) -> AskFailed:
    made = AskFailed(
        reply_id="y", call_id="c", code="CB-1", judge="gic@1", model="m", kind=kind,
        reason="<b>why</b>", is_unscored=True, criteria=("noise_level",), turn=4, attempt=2,
        created_at="",
    )  # fmt: skip
    return replace(made, **changes)


def test_failures_stand_under_their_kind_in_words() -> None:
    found = [failed("parse"), failed("off_scale"), failed("off_scale", turn=None)]
    unscored, others = words.split([*found, failed("timeout", is_unscored=False)])
    assert (len(unscored), len(others)) == (3, 1)
    rows = by_kind([FailureRow(f, words.place_words(f)) for f in unscored], ASK_FAILURE_WORDS)
    heads = [row for row in rows if isinstance(row, KindHead)]
    assert [(h.words, h.count) for h in heads] == [
        ("Reply is off the scale", 2), ("Reply is not what was asked for", 1),
    ]  # fmt: skip
    titles = [row.title for row in rows if isinstance(row, FailureRow)]
    assert titles == ["turn 4, noise level", "whole call, noise level", "turn 4, noise level"]


def test_a_reason_from_a_model_is_no_markup_in_a_tooltip() -> None:
    from PySide6.QtCore import Qt

    from app.ui.runs.failure_model import FailureModel

    model = FailureModel()
    model.set_rows([FailureRow(failed("parse"), "turn 4")])
    tip = str(model.data(model.index(0), Qt.ItemDataRole.ToolTipRole))
    assert "&lt;b&gt;why&lt;/b&gt;" in tip


def test_judges_that_do_not_apply_are_counted_by_reason() -> None:
    reason = "There is no task flow."
    found = [Skipped(call_id=c, judge="tfc@1", reason=reason) for c in "ab"]
    assert words.left_out(found) == (("2 calls", f"tfc@1: {reason}"),)


def estimate(**changes: Any) -> Estimate:
    made = Estimate(
        requests=1243, prompt_tokens=2_000_000, completion_tokens=100_000,
        cost_micro={"USD": 3_400_000}, unpriced=0, calls=40, sampled=12, skipped={},
    )  # fmt: skip
    return replace(made, **changes)


def test_an_estimate_says_what_it_is_reckoned_from() -> None:
    needs, source = estimate_words(estimate())
    assert needs == f"About 1{GAP}200 requests, about {tokens_words(2_100_000)}, $3.40"
    assert source.startswith("40 calls, reckoned from 12 of them;")
    unknown, _ = estimate_words(estimate(cost_micro={}, unpriced=1243))
    assert unknown.endswith(", price unknown")
    exact, _ = estimate_words(estimate(requests=9, calls=9, sampled=9))
    assert exact.startswith("9 requests, ")
    assert estimate_words(estimate(requests=0))[0] == "Nothing has to be asked of a model."


@pytest.mark.parametrize(
    ("requests", "tokens", "cost", "caps"),
    [
        ("", "", "", Caps()),
        ("1 000", "2,000,000", "12.50", Caps(calls=1000, tokens=2_000_000, cost_micro=12_500_000)),
        ("5", "", "$0,5", Caps(calls=5, cost_micro=500_000)),
    ],
)
def test_caps_are_read_as_people_write_them(
    qtbot: Any, requests: str, tokens: str, cost: str, caps: Caps
) -> None:
    fields = CapsFields(Theme())
    qtbot.addWidget(fields)
    for edit, text in ((fields.requests, requests), (fields.tokens, tokens), (fields.cost, cost)):
        edit.setText(text)
    assert fields.caps() == caps
    again = CapsFields(Theme())
    qtbot.addWidget(again)
    again.show_caps(caps)
    assert again.caps() == caps


@pytest.mark.parametrize(("field", "text"), [
    ("requests", "0"), ("requests", "1.5"), ("tokens", "many"), ("cost", "-1"), ("cost", "nan"),
    ("cost", "1e99"), ("requests", "9" * 30),
])  # fmt: skip
def test_a_cap_that_is_none_is_refused(qtbot: Any, field: str, text: str) -> None:
    fields = CapsFields(Theme())
    qtbot.addWidget(fields)
    getattr(fields, field).setText(text)
    with pytest.raises(BadInput):
        fields.caps()


def test_what_a_run_can_be_repeated_from() -> None:
    used = SimpleNamespace(
        ref="gic@1", sha256="a" * 64, model="m", endpoint="here", reported=("m-2026",),
        prompt_sha256="b" * 64, rubric="gic 1 5f0c", params={"temperature": 0, "k": ["x", "y"]},
    )  # fmt: skip
    found: Any = SimpleNamespace(run=RUN, judges=(used,), caps=Caps(calls=5), app_version="1")
    facts = dict(words.source_facts(found))
    assert facts["Judge"] == "gic@1 aaaaaaaa"
    assert facts["Model"] == "m at here, answered as m-2026"
    assert facts["Prompt"] == "sha bbbbbbbbbbbb"
    assert facts["Parameters"] == "k x and y, temperature 0"
    assert facts["Caps"] == "5 requests"
