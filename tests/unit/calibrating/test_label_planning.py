"""How many labels: the printed half-widths, the design effect of the data, power by resampling."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.errors import BadInput
from app.services.calibrating import gather, label_planning
from app.services.calibrating.label_planning import Observed
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World, noisy, truth, world

N = 60
PLAIN = Observed(items=100, calls=100, agreement=0.8, chance=0.5, within_call=0.0)


@pytest.fixture
def made(workspace: Workspace) -> World:
    found = world(workspace, N)
    real = truth(N)
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        found.say(found.person(name), "tone", noisy(real, at, sd=0.6))
    found.say(found.judge("near"), "tone", noisy(real, 8, sd=0.2))
    found.say(found.judge("guess"), "tone", [int(v) for v in truth(N, seed=77)])
    yes = [int(v > 3) for v in real]
    found.say(found.person("Dora"), "done", yes)
    slips = np.random.default_rng(4).random(N)
    found.say(
        found.judge("check"), "done", [1 - y if s < (0.3 if y else 0.05) else y
                                       for y, s in zip(yes, slips)]
    )  # fmt: skip
    return found


def test_half_widths_are_those_of_the_specification() -> None:
    told = dict(label_planning.half_widths(PLAIN))
    printed = {50: 0.22, 100: 0.16, 200: 0.11, 400: 0.08, 800: 0.055}
    for items, width in printed.items():
        assert told[items] == pytest.approx(width, abs=0.005)


def test_a_half_width_asks_for_as_many_items_as_give_it() -> None:
    for items, width in label_planning.half_widths(PLAIN):
        assert label_planning.for_kappa(PLAIN, width).items == items
    with pytest.raises(BadInput):
        label_planning.for_kappa(PLAIN, 0.0)


def test_turns_of_a_call_count_for_less_so_that_more_calls_are_needed() -> None:
    turns = Observed(items=1200, calls=100, agreement=0.8, chance=0.5, within_call=0.2)
    assert turns.design_effect == pytest.approx(3.2)
    plain, clustered = (label_planning.for_kappa(o, 0.1) for o in (PLAIN, turns))
    assert clustered.items == pytest.approx(3.2 * plain.items, rel=0.01)
    assert clustered.calls == np.ceil(clustered.items / 12)


def test_agreement_and_chance_come_from_the_data(made: World) -> None:
    found = gather.load(made.ws, made.lead, "synthetic")
    told = label_planning.observed(found, found.judges_named("guess")[0], "tone")
    assert told.items == told.calls == N
    assert told.agreement == pytest.approx(told.chance, abs=0.12)  # it guesses
    near = label_planning.observed(found, found.judges_named("near")[0], "tone")
    assert near.agreement > 0.5 > near.chance


def test_a_judge_near_people_passes_more_often_with_more_calls(made: World) -> None:
    found = gather.load(made.ws, made.lead, "synthetic")
    power = {
        name: label_planning.alt_test_power(
            found, found.judges_named(name)[0], "tone", 0.1, resamples=30
        )
        for name in ("near", "guess")
    }
    assert [p.calls for p in power["near"]] == [60, 90, 120, 180]
    assert power["near"][-1].share >= power["near"][0].share
    assert power["near"][-1].share > 0.9
    assert power["guess"][-1].share < 0.1


def test_labels_of_a_check_are_divided_by_where_it_errs(made: World) -> None:
    found = gather.load(made.ws, made.lead, "synthetic")
    judge = found.judges_named("check")[0]
    split = label_planning.for_error_rates(found, judge, "done", 100)
    assert split is not None
    assert split.positives + split.negatives == 100
    one, zero = split.prevalence, 1 - split.prevalence
    wanted = one * np.sqrt(split.sensitivity * (1 - split.sensitivity))
    other = zero * np.sqrt(split.specificity * (1 - split.specificity))
    assert split.positives == pytest.approx(100 * wanted / (wanted + other), abs=1)
    near = found.judges_named("near")[0]
    assert label_planning.for_error_rates(found, near, "tone", 100) is None


def test_too_few_calls_make_no_plan(workspace: Workspace) -> None:
    made = world(workspace, 6)
    made.say(made.person("Ann"), "tone", [1] * 6)
    made.say(made.judge(), "tone", [1] * 6)
    found = gather.load(made.ws, made.lead, "synthetic")
    with pytest.raises(BadInput, match="6 calls"):
        label_planning.observed(found, found.judges_named("judge")[0], "tone")
