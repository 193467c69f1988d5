"""While a study reveals nothing, no read path tells its raters what others gave, ever."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.browsing import Sort
from app.domain.calls import Call, Span
from app.domain.clock import utc_now
from app.domain.errors import NotAllowed
from app.domain.ids import new_id
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.rubrics import RubricVersion
from app.domain.studies import Study, StudyDesign
from app.domain.work import Quiet
from app.services import adjudicating, browsing, commenting, opinions, raters, rating
from app.services.studies import exporting, making, queueing, results
from app.services.studies.opening import open_study
from app.services.studies.planning import plan_items
from app.services.workspace import Workspace
from db.repos.replies import ReplyRepo
from db.repos.scores import NewScore
from db.repos.verdict_facts import VerdictFacts

ROOT = Path(__file__).parents[3]
Filled = Callable[[int], list[Call]]
SECRETS = ("the judge's secret", "another's secret", "Disagreement")


@dataclass
class Scene:
    ws: Workspace
    lead: Viewer
    rater: Viewer
    calls: list[Call]
    rubric: RubricVersion
    study: Study
    judged: str
    """the judge's score of the first call"""

    def item(self, call: Call) -> ItemRef:
        return ItemRef(kind="call", call_id=call.id, span=Span(0, call.frame_count))

    def submit(self, viewer: Viewer, call: Call, rationale: str = "") -> None:
        for criterion in self.rubric.criteria:
            answer = Answer(status="observed", value=1, rationale=rationale)
            rating.draft(self.ws, viewer, self.item(call), criterion.id, answer)
        rating.submit(self.ws, viewer, call.id, self.rubric.id)

    def told(self) -> str:
        """Everything that any read gives the rater of the first call."""
        ws, me, call = self.ws, self.rater, self.calls[0]
        seqs = browsing.call_ids(ws, me, browsing.parse_query(""))
        with ws.db.read() as uow:
            rows: list[Any] = [
                uow.scores.visible(me),
                uow.scores.visible(me, call_ids=[call.id], newest=False),
                uow.score_sets.marks(me, [c.id for c in self.calls], [self.rubric.key]),
                uow.replies.of_score(me, self.judged),
                VerdictFacts(uow.connection).replies(me, call.id),
                uow.comments.of_call(me, call.id),
                uow.votes.of_study(me, self.study.id),
            ]
            assert not VerdictFacts(uow.connection).is_open(me, call.id)
        rows = [[s for s in r if getattr(s, "rater_id", "") != me.rater_id] for r in rows]
        return repr(
            [
                *rows,
                browsing.call_rows(ws, me, seqs),
                browsing.preview(ws, me, call.id),
                browsing.facets(ws, me, browsing.parse_query("")),
                commenting.comments(ws, me, call.id),
                opinions.opinions(ws, me, call.id),
                queueing.queue(ws, me, self.study.id),
            ]
        )

    def finds(self, text: str) -> bool:
        query = browsing.parse_query(text)
        return bool(len(browsing.call_ids(self.ws, self.rater, query)))

    def seen(self) -> set[str]:
        found = rating.scores(self.ws, self.rater, call_id=self.calls[0].id)
        return {s.rater_id for s in found} - {self.rater.rater_id}


@pytest.fixture
def make_scene(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled
) -> Callable[[bool], Scene]:
    def made(reveal: bool) -> Scene:
        calls = filled(2)
        study = making.create(
            ws, lead, "M", "rubric", StudyDesign(reveal=reveal), rubric_key="telephone_voice"
        )
        rubric = making.rubric_of(ws, study)
        scene = Scene(ws, lead, rater, calls, rubric, study, "")
        scene.judged = judge(ws, scene.item(calls[0]), rubric)
        scene.submit(raters.sign_in(ws, "Other", "reviewer"), calls[0], "another's secret")
        other = raters.sign_in(ws, "Other", "reviewer")
        commenting.add(ws, other, calls[0].id, start=1, body="another's secret")
        scene.study = open_study(
            Quiet(), ws, lead, study.id, plan_items(ws, lead, study, [c.id for c in calls])
        )
        return scene

    return made


def judge(ws: Workspace, item: ItemRef, rubric: RubricVersion) -> str:
    version_id, rater_id = new_id(), new_id()
    with ws.db.machine() as uow:
        run = uow.connection.exec_driver_sql
        run(
            "INSERT INTO judge_version (id, provider, model, prompt_sha256, created_at) "
            "VALUES (?, 'none', 'm', 'x', ?)",
            (version_id, utc_now()),
        )
        run(
            "INSERT INTO rater (id, kind, name, role, judge_version_id, created_at) "
            "VALUES (?, 'judge', 'j', 'lead', ?, ?)",
            (rater_id, version_id, utc_now()),
        )
        score_id, _ = uow.scores.add(
            NewScore(
                call_id=item.call_id, item_id=uow.scores.item(item), rubric_version_id=rubric.id,
                criterion_id=rubric.criteria[0].id, rater_id=rater_id, phase="submitted",
                blind=True,
                answer=Answer(status="observed", value=5, rationale="the judge's secret"),
            )
        )  # fmt: skip
        run(
            "INSERT INTO assignment (id, call_id, rater_id, policy, reason, inclusion_prob, "
            "seed, drawn_at) VALUES (?, ?, ?, 'p', 'Disagreement', 0.5, 1, '2020')",
            (new_id(), item.call_id, rater_id),
        )
        uow.summaries.refresh_raters(item.call_id)
    return score_id


def test_nothing_is_told_before_or_after_submitting_until_the_study_is_closed(
    make_scene: Callable[[bool], Scene],
) -> None:
    scene = make_scene(False)
    queueing.queue(scene.ws, scene.rater, scene.study.id)
    assert not [s for s in SECRETS if s in scene.told()]
    scene.submit(scene.rater, scene.calls[0])
    assert not [s for s in SECRETS if s in scene.told()]
    assert scene.seen() == set()
    for text in ("judge:>=1", "-judge:>4", "selected:Disagreement", "-selected:nothing"):
        assert not scene.finds(text), text
    by_code = browsing.call_ids(scene.ws, scene.rater, browsing.parse_query(""), Sort("code"))
    for key in ("judge", "reason"):
        order = browsing.call_ids(scene.ws, scene.rater, browsing.parse_query(""), Sort(key))
        assert list(order) == list(by_code)
    with pytest.raises(NotAllowed, match="until it is closed"):
        rating.reveal(scene.ws, scene.rater, scene.calls[0].id, scene.rubric.id)
    with pytest.raises(NotAllowed):
        opinions.give(scene.ws, scene.rater, scene.judged, agrees=True)
    making.set_state(scene.ws, scene.lead, scene.study.id, "paused")
    assert scene.seen() == set(), "paused is not over"
    making.set_state(scene.ws, scene.lead, scene.study.id, "closed")
    assert len(scene.seen()) == 2


def test_what_was_kept_closed_leaves_the_votes_blind(make_scene: Callable[[bool], Scene]) -> None:
    scene = make_scene(False)
    queueing.queue(scene.ws, scene.rater, scene.study.id)
    scene.submit(scene.rater, scene.calls[0])
    criterion, item = scene.rubric.criteria[1], scene.item(scene.calls[0])
    rating.draft(scene.ws, scene.rater, item, criterion.id, Answer(status="observed", value=3))
    rating.submit(scene.ws, scene.rater, scene.calls[0].id, scene.rubric.id)
    mine = rating.scores(scene.ws, scene.rater, call_id=scene.calls[0].id)
    assert all(s.blind for s in mine)


def test_a_study_that_reveals_does_so_after_submitting(
    make_scene: Callable[[bool], Scene],
) -> None:
    scene = make_scene(True)
    queueing.queue(scene.ws, scene.rater, scene.study.id)
    assert not [s for s in SECRETS if s in scene.told()]
    with pytest.raises(NotAllowed):
        opinions.give(scene.ws, scene.rater, scene.judged, agrees=True)
    scene.submit(scene.rater, scene.calls[0])
    assert len(scene.seen()) == 2
    shown = rating.reveal(scene.ws, scene.rater, scene.calls[0].id, scene.rubric.id)
    assert scene.judged in {s.id for s in shown}
    with scene.ws.db.read() as uow:
        audit = uow.connection.exec_driver_sql("SELECT count(*) FROM reveal_audit").scalar()
    assert audit == 1


def test_both_calls_of_a_pair_are_closed(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    calls = filled(2)
    study = kit.open(ws, lead, calls, "pairwise")
    kit.Session(ws, rater, study)
    with ws.db.read() as uow:
        assert all(uow.scores.is_withheld(rater, c.id) for c in calls)
        assert not any(uow.scores.is_withheld(lead, c.id) for c in calls)


def test_others_votes_on_the_same_clips_stay_closed(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(2))
    other = raters.sign_in(ws, "Other", "reviewer")
    kit.Session(ws, other, study).finish(lambda n: 1 + n % 5)
    kit.Session(ws, rater, study).finish(lambda n: 1 + n % 4)
    assert {s.rater_id for s in rating.scores(ws, rater)} == {rater.rater_id}
    with ws.db.read() as uow:
        assert {v.rater_id for v in uow.votes.of_study(rater, study.id)} == {rater.rater_id}
    making.set_state(ws, lead, study.id, "closed")
    assert {s.rater_id for s in rating.scores(ws, rater)} == {rater.rater_id, other.rater_id}


def test_what_is_the_owners_is_refused_to_raters(
    make_scene: Callable[[bool], Scene], tmp_path: Any
) -> None:
    scene = make_scene(True)
    ws, me, study = scene.ws, scene.rater, scene.study.id
    for read in (
        lambda: making.stimuli(ws, me, study),
        lambda: results.results(ws, me, study),
        lambda: exporting.export_study(ws, me, study, tmp_path / "out"),
        lambda: adjudicating.table(ws, me, scene.calls[0].id, scene.rubric.id),
        lambda: making.set_state(ws, me, study, "closed"),
    ):
        with pytest.raises(NotAllowed):
            read()
    with ws.db.read() as uow:
        assert ReplyRepo(uow.connection).of_run(me, "any") == []


OWNERS = ("stimuli", "results", "rubric_results", "export_study", "vote_rows", "rating_rows")
"""What tells of systems and of others' votes; a lead's alone, and refused above."""


@pytest.mark.parametrize("screen", ["listening", "scoring"])
def test_rating_screens_reach_the_workspace_through_services_for_raters_alone(screen: str) -> None:
    found = []
    paths = (ROOT / "app" / "ui" / screen).rglob("*.py")
    for path in (p for p in paths if p.name != "poses.py"):  # made-up trials, for pictures
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Attribute):
                names = [node.attr]
            found += [f"{path.name}: {n}" for n in names if n in (*OWNERS, "db")]
    assert found == []
