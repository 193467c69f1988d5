"""Judges' verdicts arranged as rows, by turn and by criterion. Knows no Qt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.judging import JudgeVersion
from app.domain.ratings import ItemRef
from app.domain.turns import TurnSet
from app.ui.library.words import thousands, time_tenths
from app.ui.review.judge_details import na_words, notes_of
from app.ui.review.verdict_row import JudgeRow, Rows, TurnKey
from app.ui.review.verdict_words import chip_words, made_of, plain, shortened, spent_parts

if TYPE_CHECKING:
    from app.services.judging.seen_verdicts import CallVerdicts, JudgeVerdicts, SeenVerdict

WHOLE_CALL = "Whole call"
OTHER_CALL = "Against the other call"
SECOND_WORDS = "This call is the second of the pair."
STATE_TOKENS = {"not_applicable": "t3", "unscored": "warn", "failed": "danger"}
STALE_WORDS = "The timing has changed since: this speech is not a turn any more."


def judge_rows(found: CallVerdicts, turn_set: TurnSet | None, rate_hz: int) -> Rows:
    """The rows of a call. `turn_set` is the timing that is shown, for the words of turns."""
    texts = {
        (t.span.start, t.span.end, str(t.speaker)): t.text
        for t in (turn_set.turns if turn_set is not None else ())
    }
    made = [(judge, [_verdict(v) for v in judge.verdicts]) for judge in found.judges]
    rows = [row for _, verdicts in made for row in verdicts]
    return Rows(
        turn=tuple(_by_turn(made, texts, rate_hz)),
        criterion=tuple(_by_criterion(made, rate_hz)),
        verdicts=len(rows),
        notable=sum(row.is_notable for row in rows),
    )


def outdated(found: CallVerdicts) -> frozenset[str]:
    """Judge versions of which a newer one has judged the call too: they are folded at first."""
    newest: set[str] = set()
    out = set()
    for judge in found.judges:  # the newest comes first
        name = judge.judge.ref.partition("@")[0]
        if name in newest:
            out.add(judge.judge.id)
        newest.add(name)
    return frozenset(out)


def shown(
    rows: Sequence[JudgeRow], *, folded: Collection[str] = (), notable: bool = False
) -> list[JudgeRow]:
    """Rows without those of folded judges, and without verdicts that are not notable if asked."""
    out: list[JudgeRow] = []
    head: JudgeRow | None = None
    for row in rows:
        if row.kind != "judge" and row.judge_id in folded:
            continue
        if row.kind == "group":
            head = row
        elif row.kind == "verdict" and notable and not row.is_notable:
            continue
        else:
            if row.kind == "verdict" and head is not None:
                out.append(head)  # a head stands only over what is left beneath it
            head = None
            out.append(row)
    return out


def _by_turn(
    made: Iterable[tuple[JudgeVerdicts, Sequence[JudgeRow]]],
    texts: Mapping[TurnKey, str],
    rate_hz: int,
) -> Iterable[JudgeRow]:
    for judge, verdicts in made:
        yield _head(judge)
        last: object = None
        for row in verdicts:
            item = row.item
            assert item is not None, "a verdict is about something"
            place = row.turn_key or (item.kind, item.other_item_id)
            if place != last:
                last = place
                yield _turn_head(judge.judge, item, texts, rate_hz, row.partner)
            yield row


def _by_criterion(
    made: Iterable[tuple[JudgeVerdicts, Sequence[JudgeRow]]], rate_hz: int
) -> Iterable[JudgeRow]:
    for judge, verdicts in made:
        yield _head(judge)
        by: dict[str, list[JudgeRow]] = {c.title: [] for c in judge.rubric.criteria}
        for row in verdicts:
            by.setdefault(row.title, []).append(row)
        for title, rows in by.items():
            if rows:
                yield JudgeRow(
                    kind="group", judge_id=judge.judge.id, key=title, title=title,
                    small=thousands(len(rows)),
                )  # fmt: skip
            for row in rows:
                assert row.item is not None, "a verdict is about something"
                place = _place(row.item, rate_hz, row.partner)
                yield replace(row, title=place, speaker=row.item.speaker)


def _head(judge: JudgeVerdicts) -> JudgeRow:
    count = len(judge.verdicts)
    words = (
        plain(judge.judge.label),
        judge.judge.short_sha,
        *spent_parts(judge.spent, each=False),
    )
    return JudgeRow(
        kind="judge",
        judge_id=judge.judge.id,
        key=judge.judge.id,
        title=plain(judge.title),
        chip=f"{thousands(count)} verdict{'' if count == 1 else 's'}",
        small=" · ".join(words),
    )


def _turn_head(
    judge: JudgeVersion,
    item: ItemRef,
    texts: Mapping[TurnKey, str],
    rate_hz: int,
    partner: str = "",
) -> JudgeRow:
    key = (item.span.start, item.span.end, item.speaker or "")
    text = texts.get(key, "") if item.kind == "turn" else ""
    return JudgeRow(
        kind="group",
        judge_id=judge.id,
        key=f"{judge.id} {item.kind} {key}",
        title=_place(item, rate_hz, partner),
        small=plain(text)[:200],
        speaker=item.speaker if item.kind == "turn" else None,
        item=item,
    )


def _place(item: ItemRef, rate_hz: int, partner: str = "") -> str:
    if item.kind == "turn":
        return f"{item.turn_index or ''}  {time_tenths(item.span.start, rate_hz)}".strip()
    if item.kind != "pair":
        return WHOLE_CALL
    return f"Against {partner}" if partner else OTHER_CALL


def _verdict(verdict: SeenVerdict) -> JudgeRow:
    answer, state = verdict.score.answer, verdict.state
    notes = (
        *notes_of(verdict),
        *((SECOND_WORDS,) if verdict.is_second else ()),
        *((STALE_WORDS,) if verdict.score.stale else ()),
    )
    text = answer.rationale if state == "scored" else verdict.reason
    warned = bool(set(notes) - {SECOND_WORDS}) or state in ("unscored", "failed")
    return JudgeRow(
        kind="verdict",
        judge_id=verdict.judge.id,
        key=verdict.score.id,
        title=plain(verdict.criterion.title),
        chip=chip_words(verdict),
        chip_token=STATE_TOKENS.get(state, "t3" if verdict.score.stale else "t1"),
        text=shortened(text),
        anchor=verdict.level.anchor if verdict.level is not None else na_words(verdict),
        notes=tuple(plain(note) for note in notes),
        made_of=made_of(verdict),
        evidence=() if verdict.is_second else answer.evidence,
        item=verdict.score.item,
        partner=verdict.partner,
        has_reply=verdict.spent.requests > 0,
        is_by_rules=verdict.judge.kind == "baseline",
        is_notable=verdict.is_lowest or warned,
    )  # fmt: skip
