"""Word error rate of 10,000 pairs of 5 to 40 words against jiwer, from raw text to counts.

jiwer and we take the same strings and count the same words (`raw-1`: what white space parts). With
counts: substitutions, insertions, deletions of every pair; plain: the rate alone. The counts must
be identical, pair by pair. jiwer is a tool of development; without it there is no bench.

    .venv/bin/python bench/bench_wer.py [--pairs 10000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

GOALS = {"with counts": 3.0, "plain": 10.0}


def random_pairs(count: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """References of 5 to 40 words of a vocabulary of 5,000; a fifth of the words is in error."""
    draw = random.Random(seed)
    vocabulary = [f"w{i}" for i in range(5000)]
    references, hypotheses = [], []
    for _ in range(count):
        reference = draw.choices(vocabulary, k=draw.randint(5, 40))
        hypothesis: list[str] = []
        for word in reference:
            chance = draw.random()
            if chance >= 0.05:
                hypothesis.append(draw.choice(vocabulary) if chance < 0.15 else word)
            if chance > 0.95:
                hypothesis.append(draw.choice(vocabulary))
        references.append(" ".join(reference))
        hypotheses.append(" ".join(hypothesis) or "x")
    return references, hypotheses


def timed(run: Callable[[], object]) -> Callable[[], float]:
    def once() -> float:
        began = time.perf_counter()
        run()
        return time.perf_counter() - began

    return once


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    try:
        import jiwer
    except ImportError:
        print("jiwer is not installed; nothing to compare with")
        return 1

    from app.eval.text.counts import Counts, count_each, totals
    from app.eval.text.normalise import normaliser
    from bench.common import alternate, machine, ratio, verdict

    references, hypotheses = random_pairs(args.pairs)
    units = normaliser("raw-1").units_of_each

    def ours_counts() -> list[Counts]:
        return count_each(units(references), units(hypotheses))

    def ours_plain() -> float:
        errors, words = totals(units(references), units(hypotheses))
        return errors / words

    def jiwer_counts() -> jiwer.WordOutput:
        return jiwer.process_words(references, hypotheses)

    def jiwer_plain() -> float:
        return float(jiwer.wer(references, hypotheses))

    print(machine())
    same = 0
    for left, right, found in zip(references, hypotheses, ours_counts(), strict=True):
        theirs = jiwer.process_words(left, right)
        same += found == Counts(
            theirs.hits, theirs.substitutions, theirs.insertions, theirs.deletions
        )
    print(f"identical counts: {same} of {args.pairs} pairs; rates {ours_plain()} {jiwer_plain()}")
    runs = {
        "ours with counts": timed(ours_counts),
        "jiwer with counts": timed(jiwer_counts),
        "ours plain": timed(ours_plain),
        "jiwer plain": timed(jiwer_plain),
    }
    figures = alternate(runs, args.rounds)
    met = same == args.pairs and abs(ours_plain() - jiwer_plain()) < 1e-12
    for kind, goal in GOALS.items():
        ours, theirs = figures[f"ours {kind}"], figures[f"jiwer {kind}"]
        met &= verdict(f"WER {kind}: jiwer / ours", ratio(theirs, ours), goal, at_most=False)
        print(f"  [{median(theirs) * 1000:.0f} ms / {median(ours) * 1000:.0f} ms]")
    print("all goals met" if met else "NOT all goals met")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
