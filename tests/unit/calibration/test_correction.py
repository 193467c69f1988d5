"""Corrections: which model is chosen, what is refused, and that the stored form applies alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput
from app.eval.agreement.ratings import Floats, Ints
from app.eval.calibration import apply as apply_module
from app.eval.calibration import conformal, models
from app.eval.calibration.apply import apply
from app.eval.calibration.correction import fit
from app.eval.calibration.crossval import fold_of, predict

LEVELS = (1.0, 2.0, 3.0, 4.0, 5.0)


def lenient(
    items: int, slope: float = 0.55, offset: float = 2.0, seed: int = 1
) -> tuple[Floats, Floats, Ints]:
    """A lenient judge that squeezes the scale: its scores, people's, and calls of five items."""
    chance = np.random.default_rng(seed)
    calls = np.arange(items) // 5
    truth = 2.5 + chance.normal(size=items) * 0.9 + chance.normal(size=items // 5)[calls] * 0.4
    gold = np.clip(np.round(truth), 1, 5)
    judge = np.clip(np.round(offset + slope * truth + 0.4 * chance.normal(size=items)), 1, 5)
    return judge, gold, calls


def test_a_lenient_judge_is_set_right() -> None:
    judge, gold, calls = lenient(400)
    found = fit({"empathy": judge}, gold, calls, kind="ordinal", levels=LEVELS)
    assert found.model in ("shift", "linear")
    assert not found.refused
    assert found.before.bias.value == pytest.approx(float((judge - gold).mean()))
    assert found.after.bias.value == pytest.approx(0, abs=0.02)
    assert found.after.rmse < 0.8 * found.before.rmse
    assert found.after.kappa_quadratic is not None
    assert found.before.kappa_quadratic is not None
    assert found.after.kappa_quadratic > found.before.kappa_quadratic
    assert found.after.calibration_error < found.before.calibration_error
    assert [t.name for t in found.tried][:3] == ["identity", "shift", "linear"]
    assert all(len(t.folds) == 5 for t in found.tried)


def test_held_out_error_is_close_to_that_of_new_calls() -> None:
    judge, gold, calls = lenient(400, seed=2)
    found = fit({"x": judge}, gold, calls, kind="ordinal", levels=LEVELS)
    other, truth, _ = lenient(5000, seed=3)
    body = found.to_json("1", "s")
    error = float(np.sqrt(((apply(body, {"x": other}) - truth) ** 2).mean()))
    chosen = next(t for t in found.tried if t.name == found.model)
    assert chosen.rmse == pytest.approx(error, abs=0.05)


def test_a_good_judge_is_left_alone() -> None:
    chance = np.random.default_rng(4)
    gold = chance.integers(1, 6, 300).astype(float)
    judge = np.clip(gold + chance.integers(-1, 2, 300), 1, 5)
    found = fit({"x": judge}, gold, np.arange(300) // 5, kind="ordinal", levels=LEVELS)
    if found.model != "identity":  # the ends of the scale pull inwards a little
        assert found.after.rmse < found.before.rmse
    perfect = fit({"x": gold}, gold, np.arange(300) // 5, kind="ordinal", levels=LEVELS)
    assert perfect.model == "identity"
    with pytest.raises(BadInput, match="judge as it is"):
        perfect.to_json("1", "s")


def test_noise_is_refused_or_gains_nothing_but_the_mean() -> None:
    chance = np.random.default_rng(5)
    gold = chance.integers(1, 6, 100).astype(float)
    judge = np.full(100, gold.mean().round())
    found = fit({"x": judge}, gold, np.arange(100) // 5, kind="ordinal", levels=LEVELS)
    assert found.model in ("identity", "shift")


def test_a_bent_curve_needs_more_than_a_line() -> None:
    chance = np.random.default_rng(6)
    judge = chance.integers(1, 6, 2000).astype(float)
    gold = np.where(judge < 4, 1.5, 4.5) + 0.3 * chance.normal(size=2000)
    found = fit({"x": judge}, gold, np.arange(2000) // 5, kind="interval", levels=(1.0, 5.0))
    assert found.model in ("table", "isotonic")


def test_other_dimensions_help_where_they_tell_something() -> None:
    chance = np.random.default_rng(7)
    truth = chance.normal(size=600)
    x = {"a": truth + chance.normal(size=600), "b": truth + 0.3 * chance.normal(size=600)}
    gold = np.clip(3 + truth, 1, 5)
    found = fit(x, gold, np.arange(600) // 5, kind="interval", levels=(1.0, 5.0))
    assert found.model == "all dimensions, ridge"
    assert found.inputs == ("a", "b")
    body = found.to_json("1", "s")
    gap = dict(x, b=np.where(np.arange(600) % 2, np.nan, x["b"]))
    assert not np.isnan(apply(body, gap)).any()  # a missing dimension takes its mean
    assert np.isnan(apply(body, {"a": [np.nan], "b": [1.0]})).all()  # but never the score itself


def test_binary_and_pairs() -> None:
    chance = np.random.default_rng(8)
    gold = (chance.random(1000) < 0.3) * 1.0
    said = np.where(gold == 1, chance.random(1000) < 0.9, chance.random(1000) < 0.4) * 1.0
    calls = np.arange(1000) // 5
    found = fit({"ok": said}, gold, calls, kind="binary", levels=(0.0, 1.0))
    assert found.model == "two cells"
    given = apply(found.to_json("1", "s"), {"ok": [0.0, 1.0]})
    assert given == pytest.approx([gold[said == 0].mean(), gold[said == 1].mean()], abs=0.01)
    chances = np.clip(0.5 + 0.2 * gold + 0.2 * chance.normal(size=1000), 0.01, 0.99)
    platt = fit({"p": chances}, gold, calls, kind="binary", levels=(0.0, 1.0))
    assert platt.model == "platt"

    first = chance.choice([-1.0, 1.0], 1500)  # whether A was shown first
    taste = chance.normal(size=1500)
    people = np.sign(taste + 0.3 * chance.normal(size=1500))
    judge = np.sign(taste + 1.0 * first + 0.3 * chance.normal(size=1500))
    pair = fit(
        {"verdict": judge, "first": first}, people, np.arange(1500), kind="ordinal",
        levels=(-1.0, 0.0, 1.0),
    )  # fmt: skip
    assert len(pair.inputs) == 2
    one, other = apply(
        pair.to_json("1", "s"), {"verdict": np.array([1.0, 1.0]), "first": np.array([1.0, -1.0])}
    )
    assert other > one  # a verdict for what came second says more


def test_what_cannot_be_corrected() -> None:
    judge, gold, calls = lenient(100)
    with pytest.raises(BadInput, match="distance"):
        fit({"x": judge}, gold, calls, kind="nominal", levels=LEVELS)
    with pytest.raises(BadInput, match="too few"):
        fit({"x": judge[:15]}, gold[:15], calls[:15], kind="ordinal", levels=LEVELS)
    with pytest.raises(BadInput, match="too few"):
        fit({"x": judge}, gold, calls * 0, kind="ordinal", levels=LEVELS)
    with pytest.raises(BadInput, match="too few"):
        fit({"x": judge * np.nan}, gold, calls, kind="ordinal", levels=LEVELS)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(models.LADDERS["ordinal"]))
def test_every_model_rises_and_stays_on_the_scale(seed: int, model: models.Model) -> None:
    judge, gold, _ = lenient(60, slope=0.8, offset=0.8, seed=seed)
    scale = np.array(LEVELS)
    params = json.loads(json.dumps(model.fit(judge[:, None], gold, scale)))
    given_ = predict(model, params, np.linspace(0, 6, 25)[:, None], scale)
    assert (np.diff(given_) >= -1e-9).all()
    assert given_.min() >= 1
    assert given_.max() <= 5


def test_folds_keep_calls_whole_and_even() -> None:
    calls = np.repeat(np.arange(23), np.arange(1, 24))
    folds = fold_of(calls)
    assert set(folds.tolist()) == set(range(5))
    assert all(len(set(folds[calls == c].tolist())) == 1 for c in range(23))
    assert np.ptp(np.bincount(folds)) <= 5
    assert set(fold_of(np.array([0, 0, 1])).tolist()) == {0, 1}


def test_conformal_reach_covers_new_calls() -> None:
    chance = np.random.default_rng(9)
    inside = []
    for _ in range(300):
        scale = np.exp(0.5 * chance.normal(size=41))  # calls differ
        size = chance.integers(1, 8, 41)
        calls = np.repeat(np.arange(41), size)
        errors = np.abs(chance.normal(size=len(calls))) * scale[calls]
        reach = conformal.reach(errors[calls < 40], calls[calls < 40])
        assert reach is not None
        inside.append((errors[calls == 40] <= reach).mean())
    assert np.mean(inside) >= 0.88
    assert conformal.reach(np.ones(8), np.arange(8)) is None  # 8 calls cannot promise 90 %


def test_the_stored_form_needs_numpy_and_nothing_of_ours(tmp_path: Path) -> None:
    judge, gold, calls = lenient(300)
    body = fit({"x": judge}, gold, calls, kind="ordinal", levels=LEVELS).to_json("1", "snapshot")
    (tmp_path / "calibration.json").write_text(json.dumps(body))
    source = Path(apply_module.__file__).read_text()
    (tmp_path / "reapply.py").write_text(source)
    (tmp_path / "go.py").write_text(
        "import json, sys\n"
        "from reapply import apply\n"
        "body = json.load(open('calibration.json'))\n"
        "print(json.dumps(apply(body, {'x': [1, 2, 3, 4, 5]}).tolist()))\n"
        "assert not [m for m in sys.modules if m.startswith(('app', 'scipy'))]\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, '.'); import runpy; "
         "runpy.run_path('go.py')"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == apply(body, {"x": [1, 2, 3, 4, 5]}).tolist()
    code = source.partition("def apply")[2].splitlines()
    assert len([x for x in code if x.strip() and not x.strip().startswith("#")]) <= 20
