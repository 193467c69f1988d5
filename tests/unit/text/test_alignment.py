"""The alignment: counts equal jiwer's, the rule for ties, and what is derived from it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadInput
from app.eval.text import align as align_module
from app.eval.text.align import Pair, Window, align
from app.eval.text.counts import Counts, check_size, count, count_each, totals
from app.eval.text.normalise import normaliser

few_words = st.lists(st.sampled_from(["a", "b", "c", "boiler", "oiler"]), max_size=14)


def test_counts_of_ten_thousand_random_pairs_equal_those_of_jiwer() -> None:
    draw = random.Random(7)
    references, hypotheses = [], []
    for k in range(10_000):
        vocabulary = [f"w{i}" for i in range(draw.choice([3, 10, 200]))]
        reference = draw.choices(vocabulary, k=draw.randint(1, 25))
        kept = [w for w in reference if draw.random() > 0.1]
        hypothesis = [draw.choice(vocabulary) if draw.random() < 0.2 else w for w in kept]
        hypothesis += draw.choices(vocabulary, k=draw.randint(0, 3))
        if k % 3 == 0:
            hypothesis = draw.choices(vocabulary, k=draw.randint(0, 25))
        references.append(" ".join(reference))
        hypotheses.append(" ".join(hypothesis))
    units = normaliser("raw-1").units_of_each
    ours = count_each(units(references), units(hypotheses))
    for left, right, found in zip(references, hypotheses, ours, strict=True):
        theirs = jiwer.process_words(left, right)
        assert found == Counts(
            theirs.hits, theirs.substitutions, theirs.insertions, theirs.deletions
        )
    errors, words = totals(units(references), units(hypotheses))
    assert errors / words == pytest.approx(jiwer.wer(references, hypotheses), abs=1e-12)
    assert sum(ours, Counts()).errors == errors


def test_characters_equal_those_of_jiwer_without_spaces() -> None:
    theirs = jiwer.process_characters("theboilerisbroken", "theoilerwasbroke")
    found = count("theboilerisbroken", "theoilerwasbroke")
    assert found == Counts(theirs.hits, theirs.substitutions, theirs.insertions, theirs.deletions)


def hits_by_the_rule(reference: Sequence[str], hypothesis: Sequence[str]) -> list[tuple[int, int]]:
    """The rule of the module's docstring, word for word, on the full table."""
    n, m = len(reference), len(hypothesis)
    head = 0
    while head < min(n, m) and reference[head] == hypothesis[head]:
        head += 1
    tail = 0
    while tail < min(n, m) - head and reference[n - 1 - tail] == hypothesis[m - 1 - tail]:
        tail += 1
    hits = [(k, k) for k in range(head)]
    hits += [(n - 1 - k, m - 1 - k) for k in range(tail)]
    left, right = reference[head : n - tail], hypothesis[head : m - tail]
    cost = [
        [i + j if not i or not j else 0 for j in range(len(right) + 1)]
        for i in range(len(left) + 1)
    ]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            pair = cost[i - 1][j - 1] + (left[i - 1] != right[j - 1])
            cost[i][j] = min(cost[i - 1][j] + 1, cost[i][j - 1] + 1, pair)
    i, j = len(left), len(right)
    while i or j:
        if i and cost[i - 1][j] + 1 == cost[i][j]:
            i -= 1
        elif j and (not i or cost[i][j - 1] < cost[i - 1][j - 1]):
            j -= 1
        else:
            i, j = i - 1, j - 1
            if left[i] == right[j]:
                hits.append((head + i, head + j))
    return sorted(hits)


@given(few_words, few_words)
def test_ties_follow_the_stated_rule(reference: list[str], hypothesis: list[str]) -> None:
    found = align(reference, hypothesis)
    hits = [(p.ref, p.hyp) for p in found.pairs if p.op == "hit"]
    assert hits == hits_by_the_rule(reference, hypothesis)
    assert found.counts == count(reference, hypothesis)


@given(few_words, few_words)
def test_every_unit_is_in_the_alignment_once_and_in_order(
    reference: list[str], hypothesis: list[str]
) -> None:
    found = align(reference, hypothesis)
    assert [p.ref for p in found.pairs if p.ref is not None] == list(range(len(reference)))
    assert [p.hyp for p in found.pairs if p.hyp is not None] == list(range(len(hypothesis)))
    counts = found.counts
    assert counts.reference == len(reference)
    assert counts.hypothesis == len(hypothesis)
    for op, ref, hyp in found.pairs:
        if op == "hit":
            assert reference[ref] == hypothesis[hyp]  # type: ignore[index]
        if op == "substitution":
            assert reference[ref] != hypothesis[hyp]  # type: ignore[index]
    assert sum(len(run) for run in found.runs()) == counts.errors


@given(few_words, few_words)
def test_turning_the_texts_round_swaps_what_was_left_out_and_put_in(
    reference: list[str], hypothesis: list[str]
) -> None:
    one, other = count(reference, hypothesis), count(hypothesis, reference)
    assert one.errors == other.errors
    assert one.insertions - one.deletions == other.deletions - other.insertions


@given(few_words)
def test_a_text_has_no_errors_against_itself(words: list[str]) -> None:
    assert count(words, words) == Counts(hits=len(words))


def ops(reference: str, hypothesis: str) -> list[Pair]:
    return list(align(reference.split(), hypothesis.split()).pairs)


def test_words_spelled_alike_are_paired_inside_a_run_of_errors() -> None:
    assert ops("the big boiler", "the oiler") == [
        Pair("hit", 0, 0), Pair("deletion", 1, None), Pair("substitution", 2, 1),
    ]  # fmt: skip
    assert ops("call kowalski now", "call co valsky now") == [
        Pair("hit", 0, 0), Pair("insertion", None, 1), Pair("substitution", 1, 2),
        Pair("hit", 2, 3),
    ]  # fmt: skip
    # nothing alike: the first ones
    assert ops("x", "m n") == [Pair("substitution", 0, 0), Pair("insertion", None, 1)]


def test_either_text_may_be_empty() -> None:
    assert align([], []).pairs == ()
    assert ops("", "a b") == [Pair("insertion", None, 0), Pair("insertion", None, 1)]
    assert ops("a", "") == [Pair("deletion", 0, None)]
    assert Counts().rate is None
    assert count([], ["a"]).rate is None


def test_a_rate_may_exceed_one() -> None:
    assert count(["a"], ["x", "y", "z"]).rate == 3.0


def test_a_window_is_what_lies_between_with_its_inserted_neighbours() -> None:
    found = align("call kowalski now".split(), "call co valsky now".split())
    assert found.window(1, 2) == Window(first=2, end=3, before=1, after=0)
    assert found.window(0, 3) == Window(0, 4, 0, 0)
    missed = align("a b c".split(), "a c".split())
    assert missed.window(1, 2) == Window(1, 1, 0, 0)
    put_in = align("a b".split(), "a x y b z".split())
    assert put_in.gap(1) == Window(3, 3, 2, 0)
    assert put_in.gap(2) == Window(5, 5, 1, 0)


def test_long_runs_are_paired_without_looking_at_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(align_module, "MAX_PAIRING", 2)
    found = align("big boiler old".split(), "oiler x".split())
    assert [p.op for p in found.pairs] == ["substitution", "substitution", "deletion"]


def test_texts_that_would_take_minutes_are_refused() -> None:
    with pytest.raises(BadInput, match="200,000 and 200,000 units are too many"):
        check_size(200_000, 200_000)
    check_size(100_000, 100_000)


def test_texts_long_enough_to_be_halved_still_count_as_jiwer_does() -> None:
    draw = random.Random(3)
    reference = [f"w{draw.randint(0, 50)}" for _ in range(6000)]
    hypothesis = [w if draw.random() < 0.8 else f"w{draw.randint(0, 50)}" for w in reference]
    hypothesis = [w for w in hypothesis if draw.random() < 0.95]
    theirs = jiwer.process_words(" ".join(reference), " ".join(hypothesis))
    found = align(reference, hypothesis).counts
    assert found == Counts(theirs.hits, theirs.substitutions, theirs.insertions, theirs.deletions)
