"""Every read path, with a judge's and other people's rows there to leak."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.browsing import Sort
from app.domain.errors import NotAllowed
from app.domain.ids import new_id
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.services import browsing, calls, commenting, rating, rubrics
from app.services.workspace import Workspace


@dataclass
class Scene:
    ws: Workspace
    kit: SimpleNamespace
    rubric: RubricVersion
    reviewer: Viewer
    other: Viewer
    lead: Viewer
    low: str
    """a call that the judge scored 1"""
    high: str
    """a call that the judge scored 5"""

    def answer(self, viewer: Viewer, call_id: str, value: int) -> None:
        for criterion in self.rubric.criteria:
            rating.draft(
                self.ws, viewer, self.kit.whole(call_id), criterion.id, self.kit.answer(value)
            )
        rating.submit(self.ws, viewer, call_id, self.rubric.id)

    def found(self, viewer: Viewer, text: str, sort: Sort | None = None) -> list[str]:
        query = browsing.parse_query(text)
        seqs = browsing.call_ids(self.ws, viewer, query, sort or Sort("code", False))
        return browsing.uuids(self.ws, seqs)

    def row(self, viewer: Viewer, call_id: str) -> Any:
        with self.ws.db.read() as uow:
            seq = uow.calls.seq(call_id)
        assert seq is not None
        return browsing.call_rows(self.ws, viewer, [seq])[0]


@pytest.fixture
def scene(
    ws: Workspace,
    kit: SimpleNamespace,
    reviewer: Viewer,
    other_reviewer: Viewer,
    lead: Viewer,
    call_rubric: RubricVersion,
    make_call: Callable[..., str],
    judge_says: Callable[..., str],
) -> Scene:
    # The higher score has the lower code, so that the two orders differ.
    high, low = make_call(title="high"), make_call(title="low")
    found = Scene(ws, kit, call_rubric, reviewer, other_reviewer, lead, low, high)
    for call_id, value in ((low, 1), (high, 5)):
        judge_says(kit.whole(call_id), call_rubric, value)
        found.answer(other_reviewer, call_id, value)
        commenting.add(ws, other_reviewer, call_id, start=1, body="theirs")
        with ws.db.human() as uow:
            uow.connection.exec_driver_sql(
                "INSERT INTO assignment (id, call_id, rater_id, policy, reason, inclusion_prob, "
                "seed, drawn_at) VALUES (?, ?, ?, 'p', ?, 0.5, 1, ?)",
                (new_id(), call_id, reviewer.rater_id, "Disagreement", f"d{value}"),
            )
            uow.summaries.refresh_raters(call_id)
    return found


def raters_seen(scene: Scene, viewer: Viewer, **where: Any) -> set[str]:
    return {s.rater_id for s in rating.scores(scene.ws, viewer, **where)}


def test_lead_sees_judges_and_everyone(scene: Scene) -> None:
    kinds = {s.rater_kind for s in rating.scores(scene.ws, scene.lead)}
    assert kinds == {"judge", "human"}
    row = scene.row(scene.lead, scene.low)
    assert (row.judge, row.reason, row.hidden) == (1.0, "Disagreement", False)
    assert [c.body for c in commenting.comments(scene.ws, scene.lead, scene.low)] == ["theirs"]


def test_reviewer_sees_no_score_but_their_own(scene: Scene) -> None:
    me = scene.reviewer
    assert raters_seen(scene, me) == set()
    assert raters_seen(scene, me, call_id=scene.low) == set()
    assert raters_seen(scene, me, query=browsing.parse_query("")) == set()
    item, criterion = scene.kit.whole(scene.low), scene.rubric.criteria[0]
    rating.draft(scene.ws, me, item, criterion.id, scene.kit.answer(3))
    assert raters_seen(scene, me) == set(), "a draft does not open the call"
    assert raters_seen(scene, me, phase="draft") == {me.rater_id}


def test_after_submitting_that_call_is_open_and_no_other(scene: Scene) -> None:
    me = scene.reviewer
    scene.answer(me, scene.low, 3)
    seen = rating.scores(scene.ws, me)
    assert {s.item.call_id for s in seen} == {scene.low}
    assert {s.rater_kind for s in seen} == {"judge", "human"}
    assert scene.row(me, scene.low).judge == 1.0
    assert scene.row(me, scene.high).judge is None


def test_drafts_are_their_writers_alone_even_for_a_lead(scene: Scene) -> None:
    item, criterion = scene.kit.whole(scene.low), scene.rubric.criteria[0]
    rating.draft(scene.ws, scene.reviewer, item, criterion.id, scene.kit.answer(3))
    for who in (scene.lead, scene.other):
        drafts = rating.scores(scene.ws, who, phase="draft")
        assert scene.reviewer.rater_id not in {s.rater_id for s in drafts}


def test_columns_and_preview_are_masked(scene: Scene) -> None:
    row = scene.row(scene.reviewer, scene.low)
    assert (row.judge, row.reason, row.hidden) == (None, None, True)
    preview = browsing.preview(scene.ws, scene.reviewer, scene.low)
    assert (preview.row.judge, preview.row.reason) == (None, None)
    assert preview.comments == ()
    assert preview.comments_hidden


@pytest.mark.parametrize(
    "text",
    [
        "judge.empathy:<3",
        "judge.empathy:>=3",
        "-judge.empathy:<3",
        "-judge.empathy:>=3",
        "judge:<3",
        "judge:>3",
        "-judge:>3",
        "selected:Disagreement",
        "-selected:Disagreement",
        '-selected:"nothing like it"',
    ],
)
def test_filters_tell_a_reviewer_nothing_about_what_is_closed(scene: Scene, text: str) -> None:
    assert scene.found(scene.reviewer, text) == []
    totals = browsing.count_and_duration(scene.ws, scene.reviewer, browsing.parse_query(text))
    assert totals.count == 0
    facets = browsing.facets(scene.ws, scene.reviewer, browsing.parse_query(text))
    assert not any(v.count for f in facets for v in f.values if f.key not in ("p95", "human"))


def test_a_judge_filter_finds_what_the_reviewer_has_submitted(scene: Scene) -> None:
    assert scene.found(scene.lead, "judge.empathy:<3") == [scene.low]
    assert scene.found(scene.lead, "-judge.empathy:<3") == [scene.high]
    scene.answer(scene.reviewer, scene.low, 3)
    assert scene.found(scene.reviewer, "judge.empathy:<3") == [scene.low]
    assert scene.found(scene.reviewer, "-judge.empathy:<3") == []
    assert scene.found(scene.reviewer, "selected:disagreement") == [scene.low]


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("key", ["judge", "reason"])
def test_sorting_by_a_masked_column_does_not_sort(scene: Scene, key: Any, descending: bool) -> None:
    scene.found(scene.lead, "", Sort(key, descending))  # what a lead was shown is not reused
    by_code = scene.found(scene.reviewer, "", Sort("code", descending))
    assert scene.found(scene.reviewer, "", Sort(key, descending)) == by_code
    assert scene.found(scene.lead, "", Sort("judge", True)) == [scene.high, scene.low]


def test_no_facet_is_made_of_masked_columns(scene: Scene) -> None:
    keys = {f.key for f in browsing.facets(scene.ws, scene.reviewer, browsing.parse_query(""))}
    assert not keys & {"judge", "reason", "selected"}


def test_others_comments_open_after_submitting(scene: Scene) -> None:
    ws, me = scene.ws, scene.reviewer
    mine = commenting.add(ws, me, scene.low, start=2, body="mine")
    assert [c.body for c in commenting.comments(ws, me, scene.low)] == ["mine"]
    scene.answer(me, scene.low, 3)
    assert [c.body for c in commenting.comments(ws, me, scene.low)] == ["theirs", "mine"]
    assert commenting.comments(ws, me, scene.high) == []
    assert mine.rater_name == "Ann"


def test_the_workspace_can_keep_it_closed_for_good(scene: Scene) -> None:
    ws, me = scene.ws, scene.reviewer
    with ws.db.human() as uow:
        uow.settings.put("reveal_after_submit", False)
    scene.answer(me, scene.low, 3)
    assert raters_seen(scene, me) == {me.rater_id}
    assert scene.row(me, scene.low).judge is None
    assert commenting.comments(ws, me, scene.low) == []
    assert scene.found(me, "judge:<3") == []
    with pytest.raises(NotAllowed, match="keeps other scores hidden"):
        rating.reveal(ws, me, scene.low, scene.rubric.id)


def test_an_item_that_was_not_submitted_stays_closed(
    ws: Workspace,
    kit: SimpleNamespace,
    reviewer: Viewer,
    rubric: RubricVersion,
    call_id: str,
    speech: Any,
    judge_says: Callable[..., str],
) -> None:
    """One turn submitted opens that turn; the judge's row on the other turn stays hidden."""
    form = rating.open_form(ws, reviewer, call_id, rubric.id, kit.turn_set(ws, speech))
    for item in form.items:
        judge_says(item, rubric, 4)
    rating.draft(ws, reviewer, form.items[0], rubric.criteria[0].id, kit.answer(1))
    rating.submit(ws, reviewer, call_id, rubric.id)
    judged = [s for s in rating.scores(ws, reviewer) if s.rater_kind == "judge"]
    assert [s.item.span for s in judged] == [form.items[0].span]


def test_another_rubric_stays_closed(scene: Scene, judge_says: Callable[..., str]) -> None:
    second = rubrics.add_rubric(
        scene.ws, rubrics.rubric_of(scene.kit.rubric_body("second", "call"))
    )
    judge_says(scene.kit.whole(scene.low), second, 2)
    scene.answer(scene.reviewer, scene.low, 3)
    seen = {s.rubric_version_id for s in rating.scores(scene.ws, scene.reviewer)}
    assert seen == {scene.rubric.id}


def test_reveal_needs_submission_and_leaves_an_audit_row(scene: Scene) -> None:
    ws, me = scene.ws, scene.reviewer
    with pytest.raises(NotAllowed, match="until yours are submitted"):
        rating.reveal(ws, me, scene.low, scene.rubric.id)
    scene.answer(me, scene.low, 3)
    shown = rating.reveal(ws, me, scene.low, scene.rubric.id)
    assert {s.rater_kind for s in shown} == {"judge", "human"}
    with ws.db.read() as uow:
        rows = uow.connection.exec_driver_sql(
            "SELECT call_id, rater_id FROM reveal_audit"
        ).fetchall()
    assert [tuple(r) for r in rows] == [(scene.low, me.rater_id)]


def test_blind_is_what_was_open_not_what_is_claimed(scene: Scene) -> None:
    ws, me = scene.ws, scene.reviewer
    item, criterion = scene.kit.whole(scene.low), scene.rubric.criteria[0]

    def blind_of(viewer: Viewer, **claim: Any) -> bool:
        saved = rating.draft(ws, viewer, item, criterion.id, scene.kit.answer(2), **claim)
        with ws.db.read() as uow:
            score = uow.scores.own(viewer, saved.score_id)
        assert score is not None
        return score.blind

    assert blind_of(me)
    assert not blind_of(me, blind=False), "a caller that knows better may say so"
    assert not blind_of(scene.lead), "a lead has seen the judge"
    assert not blind_of(scene.lead, blind=True), "and cannot claim otherwise"
    rating.submit(ws, me, scene.low, scene.rubric.id)
    assert not blind_of(me), "after submitting, the others were open"


def test_a_lead_with_nothing_to_see_is_blind(scene: Scene, make_call: Callable[..., str]) -> None:
    fresh = make_call()
    saved = rating.draft(
        scene.ws,
        scene.lead,
        scene.kit.whole(fresh),
        scene.rubric.criteria[0].id,
        scene.kit.answer(2),
    )
    with scene.ws.db.read() as uow:
        score = uow.scores.own(scene.lead, saved.score_id)
    assert score is not None
    assert score.blind


def test_text_that_a_judge_wrote_is_in_nothing_that_a_reviewer_reads(scene: Scene) -> None:
    ws, me = scene.ws, scene.reviewer
    everything = [
        rating.scores(ws, me),
        browsing.call_rows(ws, me, browsing.call_ids(ws, me, browsing.parse_query(""))),
        [browsing.preview(ws, me, c) for c in (scene.low, scene.high)],
        browsing.facets(ws, me, browsing.parse_query("")),
        [calls.get_call(ws, c) for c in (scene.low, scene.high)],
        [commenting.comments(ws, me, c) for c in (scene.low, scene.high)],
    ]
    assert "secret" not in repr(everything)
    assert "theirs" not in repr(everything)
    assert "Disagreement" not in repr(everything)
    assert "secret" in repr(rating.scores(ws, scene.lead))
