"""Agreement with intervals by call against looping other packages over the resamples.

Five raters, 10,000 items in 500 calls, a tenth of the ratings missing, 1,000 resamples of calls.
Alpha at three levels against the `krippendorff` package, which is GPL and therefore lives in an
environment of the bench's own; kappa, quadratic kappa, tau-b, r and rho of two raters against a
loop of scikit-learn and scipy. Peers run a few resamples, scaled up; ours starts from the ratings.
The values must be the same. Last, all figures that a dashboard shows of one dimension.

    .venv/bin/python bench/bench_agreement.py [--rounds 5] [--peer-resamples 10]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from app.eval.agreement.alpha import Metric, alpha, coincidences  # noqa: E402
from app.eval.agreement.ceiling import ceiling  # noqa: E402
from app.eval.agreement.figures import human_figures, judge_figures  # noqa: E402
from app.eval.agreement.pair_statistics import pair_statistics  # noqa: E402
from app.eval.agreement.ratings import Floats, Ratings  # noqa: E402
from app.eval.agreement.resampling import Statistic, draws, resampled  # noqa: E402
from app.eval.agreement.tables import pair_tables  # noqa: E402
from bench.common import SCRATCH, alternate, machine, ratio, verdict  # noqa: E402

CALLS, TURNS, RATERS, RESAMPLES = 500, 20, 5, 1000
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval")
PAIR = ("kappa", "kappa_quadratic", "kendall", "pearson", "spearman")
GOAL_ALPHA, GOAL_PAIR, GOAL_DASHBOARD_MS = 100.0, 150.0, 200.0
PACKAGE = "krippendorff==0.9.0"

PEER = """
import json, sys, time
import krippendorff, numpy as np
for line in sys.stdin:
    job = json.loads(line)
    table, picks = np.load(job["table"]), np.load(job["picks"])
    values = []
    began = time.perf_counter()
    for pick in picks:
        drawn = table[:, pick]
        values.append([krippendorff.alpha(reliability_data=drawn, level_of_measurement=m)
                       for m in job["metrics"]])
    took = time.perf_counter() - began
    print(json.dumps({"seconds": took, "values": values}), flush=True)
"""


def simulated(seed: int = 1) -> Ratings:
    """Five levels; raters err by a level now and then."""
    chance = np.random.default_rng(seed)
    n = CALLS * TURNS
    truth = np.repeat(chance.normal(size=CALLS), TURNS) + chance.normal(size=n)
    values = np.stack(
        [np.clip(np.round(3 + truth + 0.6 * chance.normal(size=n)), 1, 5) for _ in range(RATERS)], 1
    )
    values[chance.random(values.shape) < 0.1] = np.nan
    calls = np.repeat(np.arange(CALLS), TURNS)
    names = tuple(f"r{at}" for at in range(RATERS))
    return Ratings(values, calls, tuple(range(n)), names, (1, 2, 3, 4, 5))


def fresh(found: Ratings) -> Ratings:
    """The same ratings, nothing of them computed yet."""
    return Ratings(found.values, found.calls, found.items, found.raters, found.scale)


def picked(drawn: Floats) -> np.ndarray:
    """Items of each resample; (resamples, items)."""
    items = np.arange(CALLS * TURNS).reshape(CALLS, TURNS)
    return np.stack([np.repeat(items, row.astype(int), axis=0).ravel() for row in drawn])


def alphas(found: Ratings, drawn: Floats) -> dict[str, Floats]:
    table, levels = coincidences(found), found.levels
    wanted = {m: Statistic(lambda t, m=m: alpha(t, levels, m)) for m in METRICS}
    return resampled(table, wanted, drawn)


def pairs(found: Ratings, drawn: Floats) -> dict[str, Floats]:
    every = pair_statistics(found.levels, "ordinal")
    return resampled(pair_tables(found), {name: every[name] for name in PAIR}, drawn)


def peer_pairs(one: Floats, other: Floats, picks: np.ndarray) -> list[list[float]]:
    """The loop that one would write."""
    from scipy.stats import kendalltau, pearsonr, spearmanr
    from sklearn.metrics import cohen_kappa_score

    out = []
    for pick in picks:
        x, y = one[pick], other[pick]
        there = ~(np.isnan(x) | np.isnan(y))
        x, y = x[there], y[there]
        out.append([
            cohen_kappa_score(x, y), cohen_kappa_score(x, y, weights="quadratic"),
            kendalltau(x, y).statistic, pearsonr(x, y).statistic, spearmanr(x, y).statistic,
        ])  # fmt: skip
    return out


def peer_python() -> Path:
    """Python of an environment that has the package; made once, in the bench's scratch folder."""
    home = SCRATCH / "krippendorff"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", PACKAGE, f"numpy=={np.__version__}"]
        subprocess.run(command, check=True)
    return python


def timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def compare_alpha(found: Ratings, drawn: Floats, rounds: int, few: int) -> bool:
    table, picks = SCRATCH / "ratings.npy", SCRATCH / "picks.npy"
    np.save(table, found.values.T)
    np.save(picks, picked(drawn[:few]))
    job = json.dumps({"table": str(table), "picks": str(picks), "metrics": METRICS}) + "\n"
    with subprocess.Popen(
        [str(peer_python()), "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as peer:
        assert peer.stdin is not None
        assert peer.stdout is not None

        def ask() -> dict[str, list[list[float]] | float]:
            peer.stdin.write(job)
            peer.stdin.flush()
            return json.loads(peer.stdout.readline())

        theirs, ours = np.array(ask()["values"]), alphas(fresh(found), drawn[:few])
        gap = max(np.abs(ours[m] - theirs[:, at]).max() for at, m in enumerate(METRICS))
        figures = alternate(
            {
                "ours": lambda: timed(lambda: alphas(fresh(found), drawn)),
                "krippendorff": lambda: float(ask()["seconds"]) / few * RESAMPLES,
            },
            rounds,
        )
        peer.stdin.close()
    return report("alpha at three levels", figures, "krippendorff", GOAL_ALPHA, gap)


def compare_pairs(found: Ratings, drawn: Floats, rounds: int, few: int) -> bool:
    two = Ratings(found.values[:, :2], found.calls, found.items, found.raters[:2], found.scale)
    picks = picked(drawn[:few])
    one, other = two.values.T
    theirs, ours = np.array(peer_pairs(one, other, picks)), pairs(fresh(two), drawn[:few])
    gap = max(np.abs(ours[name] - theirs[:, at]).max() for at, name in enumerate(PAIR))
    peer = "scikit-learn and scipy"
    figures = alternate(
        {
            "ours": lambda: timed(lambda: pairs(fresh(two), drawn)),
            peer: lambda: timed(lambda: peer_pairs(one, other, picks)) / few * RESAMPLES,
        },
        rounds,
    )
    return report("kappa, quadratic kappa, tau-b, r, rho", figures, peer, GOAL_PAIR, gap)


def report(what: str, figures: dict[str, list[float]], peer: str, goal: float, gap: float) -> bool:
    ours, theirs = figures["ours"], figures[peer]
    print(
        f"{what}: {median(ours) * 1000:.0f} ms, {peer} {median(theirs):.1f} s, differ by {gap:.1e}"
    )
    fast = verdict(f"{what} against {peer}", ratio(theirs, ours), goal, at_most=False, unit="x")
    return fast and gap < 1e-9


def dashboard(found: Ratings, rounds: int) -> bool:
    """Judge, people and ceiling of one dimension: 50,000 scores, 2,000 resamples."""
    people = Ratings(found.values[:, 1:], found.calls, found.items, found.raters[1:], found.scale)
    judge = found.values[:, 0]

    def run() -> None:
        drawn = draws(CALLS)
        again = fresh(people)
        judge_figures(again, judge, "ordinal", drawn=drawn)
        human_figures(again, "ordinal", drawn=drawn)
        ceiling(again, judge, "ordinal", drawn=drawn)

    took = []
    for _ in range(rounds + 1):
        began = time.process_time()
        run()
        took.append((time.process_time() - began) * 1000)
    what = "all figures of 50,000 scores, processor time"
    return verdict(what, median(took[1:]), GOAL_DASHBOARD_MS, unit=" ms")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-resamples", type=int, default=10)
    args = parser.parse_args()
    SCRATCH.mkdir(exist_ok=True)
    print(machine())
    found, drawn = simulated(), draws(CALLS, RESAMPLES)
    met = [
        compare_alpha(found, drawn, args.rounds, args.peer_resamples),
        compare_pairs(found, drawn, args.rounds, args.peer_resamples),
        dashboard(found, args.rounds),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
