"""What surprises most comes first, whose doing it is shows, and what may not be done is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.judging import JudgeDefinition
from app.eval.agreement.ratings import from_matrix
from app.eval.calibration.disagreement import disagreements, expected_squares
from app.services import raters, redacting
from app.services.calibrating import (
    causes,
    disagreement,
    disagreement_detail,
    disagreement_file,
    few_shots,
    gather,
    improving,
)
from app.services.calibrating.causes import Cause
from app.services.calibrating.disagreement import Listing, listing
from app.services.judging import definitions
from app.services.workspace import Workspace
from tests.unit.calibrating.synthetic import World, truth, world
from tests.unit.calibrating.test_items import give, parts_world, timed, turn
from tests.unit.redacting.conftest import add_layer

VOTES = ([2, 2, 3], [3, 3, 3], [2, 4, 2], [4, 4, 3], [5, 5, None], [3, None, None], [1, 1, 1])
JUDGE = (4, 3, 4, 3, 5, 5, 2)


@pytest.fixture
def made(workspace: Workspace) -> World:
    """Seven calls of known votes; the judge scored the fourth twice."""
    found = world(workspace, len(VOTES))
    for at, name in enumerate(("Ann", "Ben", "Cleo")):
        found.say(found.person(name), "tone", [v[at] for v in VOTES], rationale=f"{name} wrote")
    judge = found.judge()
    first = found.say(judge, "tone", [5], calls=[found.calls[3]])
    found.say(judge, "tone", JUDGE[3:4], calls=[found.calls[3]], again=first)
    rest = [at for at in range(len(VOTES)) if at != 3]
    found.say(judge, "tone", [JUDGE[at] for at in rest], calls=[found.calls[at] for at in rest])
    return found


def _listing(made: World) -> Listing:
    found = gather.load(made.ws, made.lead, "synthetic")
    return listing(made.ws, made.lead, found, found.judges_named("judge")[0], "tone")


def test_patterns_say_whose_doing_it_is(made: World) -> None:
    by_call = {r.item.call_id: r for r in _listing(made).rows}
    told = {at: by_call[c].pattern for at, c in enumerate(made.calls) if c in by_call}
    assert told == {0: "agree", 2: "split", 3: "unstable", 5: "single", 6: "agree"}
    assert by_call[made.calls[3]].judge_values == (3.0, 5.0)
    assert by_call[made.calls[0]].median == 2.0
    assert by_call[made.calls[0]].votes == (2.0, 2.0, 3.0)
    assert by_call[made.calls[0]].residual == 2.0


def test_two_points_surprise_more_where_people_agree(made: World) -> None:
    rows = _listing(made).rows
    assert [r.z for r in rows] == sorted((r.z for r in rows), reverse=True)
    z = {r.item.call_id: r.z for r in rows}
    assert z[made.calls[0]] > z[made.calls[2]] > z[made.calls[6]]


def test_surprise_is_the_residual_over_what_votes_and_judge_leave_open() -> None:
    # Both votes the same everywhere: no spread among people, so that all of it is the judge's.
    people = from_matrix([[1, 1], [2, 2], [3, 3], [4, 4]])
    judge = np.array([2.0, 2.0, 3.0, 2.0])
    found = disagreements(people, judge, "ordinal")
    usual = math.sqrt((1 + 4) / 4)
    assert [d.row for d in found] == [3, 0]
    assert [d.z for d in found] == pytest.approx([2 / usual, 1 / usual])
    assert expected_squares(people, judge, "ordinal") == pytest.approx([usual**2] * 4)


def test_checks_and_classes_have_no_near_votes() -> None:
    people = from_matrix([[0, 0, 1], [1, 1, 1], [0, 1, None]])
    judge = np.array([1.0, 0.0, 1.0])
    binary = {d.row: d for d in disagreements(people, judge, "binary")}
    assert [binary[r].pattern for r in (0, 1, 2)] == ["split", "agree", "split"]
    assert binary[2].residual == 0.5  # a tie: the judge is with one side
    classes = {d.row: d for d in disagreements(people, judge, "nominal")}
    assert classes[0].residual == pytest.approx(2 / 3)
    assert classes[1].residual == 1.0
    assert disagreements(people, np.array([np.nan, 1.0, np.nan]), "binary") == []


def test_tags_are_appended_and_taken_back(made: World) -> None:
    told = _listing(made)
    place = told.place(told.rows[0])
    causes.tag(made.ws, made.lead, place, "misheard")
    causes.tag(made.ws, made.lead, place, "leniency")
    again = _listing(made)
    assert again.rows[0].cause is not None
    assert again.rows[0].cause.words == "leniency"
    assert again.pareto.counts == (("leniency", 1),)
    assert again.pareto.share_untagged == pytest.approx(4 / 5)
    causes.untag(made.ws, made.lead, place)
    assert _listing(made).rows[0].cause is None
    with made.ws.db.read() as uow:
        kept = uow.connection.exec_driver_sql("SELECT cause FROM disagreement_cause").fetchall()
    assert [row[0] for row in kept] == ["misheard", "leniency", ""]


def test_tags_that_say_nothing_are_refused(made: World) -> None:
    told = _listing(made)
    place = told.place(told.rows[0])
    with pytest.raises(BadInput, match="no cause"):
        causes.tag(made.ws, made.lead, place, "bad mood")
    with pytest.raises(BadInput, match="note"):
        causes.tag(made.ws, made.lead, place, "other")
    reviewer = raters.sign_in(made.ws, "Rita", "reviewer")
    with pytest.raises(NotAllowed):
        causes.tag(made.ws, reviewer, place, "misheard")
    with pytest.raises(NotFound):
        causes.tag(made.ws, made.lead, _elsewhere(told), "misheard")


def _elsewhere(told: Listing) -> causes.Place:
    place = told.place(told.rows[0])
    return causes.Place(
        item_id="none", criterion_id=place.criterion_id, judge_version_id=place.judge_version_id
    )


def test_most_frequent_cause_first_and_the_untagged_counted() -> None:
    def one(cause: str) -> Cause:
        return Cause(cause=cause, note="", rater_id="r", created_at="")

    told = causes.pareto([one("format"), one("misheard"), None, one("misheard"), None])
    assert told.counts == (("misheard", 2), ("format", 1))
    assert told.untagged == 2
    assert told.total == 5


def test_lists_by_spread_and_by_stratum(made: World) -> None:
    rows = _listing(made).rows
    by_spread = disagreement.ordered(rows, "spread")
    assert by_spread[0].item.call_id == made.calls[2]
    languages = [r.strata["language"] for r in disagreement.ordered(rows, "language")]
    assert languages == sorted(languages)
    with pytest.raises(BadInput):
        disagreement.ordered(rows, "moon")


def test_notes_open_on_demand_and_leave_a_trace(made: World) -> None:
    found = gather.load(made.ws, made.lead, "synthetic")
    told = _listing(made)
    row = next(r for r in told.rows if r.item.call_id == made.calls[0])
    opened = disagreement_detail.detail(made.ws, made.lead, row)
    assert "wrote" not in repr(opened)
    assert opened.first.span.start == 0
    assert not _reveals(made)
    notes = disagreement_detail.reveal_notes(made.ws, made.lead, found, told, row)
    assert {(n.rater, n.value, n.text) for n in notes} == {
        ("Ann", 2, "Ann wrote"), ("Ben", 2, "Ben wrote"), ("Cleo", 3, "Cleo wrote"),
    }  # fmt: skip
    assert _reveals(made) == [(made.calls[0], made.lead.rater_id)]
    reviewer = raters.sign_in(made.ws, "Rita", "reviewer")
    with pytest.raises(NotAllowed):
        disagreement_detail.detail(made.ws, reviewer, row)


def _reveals(made: World) -> list[tuple[str, str]]:
    with made.ws.db.read() as uow:
        sql = "SELECT call_id, rater_id FROM reveal_audit"
        return [tuple(row) for row in uow.connection.exec_driver_sql(sql)]


def test_the_file_is_safe_for_a_spreadsheet_and_says_nothing_that_was_heard(made: World) -> None:
    told = _listing(made)
    causes.tag(made.ws, made.lead, told.place(told.rows[0]), "other", "=HYPERLINK(evil)")
    text = disagreement_file.csv_text(made.ws, _listing(made))
    head, first, *rest = text.splitlines()
    assert head.startswith("call,")
    assert "'=HYPERLINK(evil)" in first
    assert len(rest) == 4
    assert "wrote" not in text


def test_decimals_are_written_whole(workspace: Workspace) -> None:
    made = world(workspace, 2)
    made.say(made.person("Ann"), "tone", [2.1234567, 3])
    made.say(made.judge(), "tone", [4.1, 3.25])
    first, second = disagreement_file.csv_text(made.ws, _listing(made)).splitlines()[1:]
    assert ",4.1,4.1,2.1234567,2.1234567,One vote,1.9765433,0," in first
    assert ",3.25,3.25,3,3,One vote,0.25,0," in second


def test_a_note_leaves_without_what_is_redacted(made: World) -> None:
    told = _listing(made)
    row = told.rows[0]
    call_id = row.item.call_id
    add_layer(made.ws, call_id, "transcript", [("caller", 0, 8_000, "marmalade please")])
    causes.tag(made.ws, made.lead, told.place(row), "other", "it misheard marmalade twice")
    assert "misheard marmalade" in disagreement_file.csv_text(made.ws, _listing(made))
    redacting.redact(made.ws, made.lead, call_id, Span(0, 2_000))
    out = disagreement_file.csv_text(made.ws, _listing(made))
    assert "marmalade" not in out
    assert "it misheard" in out


def test_a_judge_by_rules_takes_no_examples(made: World) -> None:
    definition = JudgeDefinition(
        id="", version=0, name="by_rules", title="By rules", kind="baseline", unit="call",
        modality="text", context="whole", rubric=made.rubric.key, shape="single",
    )  # fmt: skip
    with made.ws.db.human() as uow:
        definition = uow.judges.add_definition(definition)
    judge = definitions.bind(made.ws, definition, made.rubric, model="", params={})
    made.say(judge.rater_id, "tone", JUDGE)
    item_id = gather.load(made.ws, made.lead, "synthetic").rows[0].item_id
    with pytest.raises(BadInput, match="by_rules follows rules and has no prompt"):
        few_shots.add(made.ws, made.lead, judge.id, "tone", item_id)
    assert few_shots.listed(made.ws, "by_rules") == ()


def test_turns_of_a_call_are_told_apart_in_lists_and_in_the_file(workspace: Workspace) -> None:
    small = parts_world(workspace)
    call_id = small.calls[0]
    layer = timed(small, call_id, [(0, 10_000), (40_000, 50_000)])
    turns = [turn(call_id, layer, 1, (0, 10_000)), turn(call_id, layer, 3, (40_000, 50_000))]
    ann, judges = small.person("Ann"), [small.judge("first"), small.judge("second")]
    for item in turns:
        give(small, ann, "turn", item, -1)
        give(small, judges[0], "turn", item, 1)
        give(small, judges[1], "turn", item, 0)
    found = gather.load(small.ws, small.lead, "parts")
    first, second = (found.judges_named(name)[0] for name in ("first", "second"))
    told = listing(small.ws, small.lead, found, first, "turn")
    code = told.rows[0].code
    assert {r.name for r in told.rows} == {f"{code} · turn 1", f"{code} · turn 3"}
    lines = disagreement_file.csv_text(small.ws, told).splitlines()[1:]
    assert {line[: line.index("agent")] for line in lines} == {
        f"{code},turn,1,", f"{code},turn,3,",
    }  # fmt: skip
    flips = improving.improvement(
        found, first, second, "turn", frozenset({"train", "dev", "anchor_test"})
    ).flips
    assert {f.name for f in flips} == {r.name for r in told.rows}


def test_only_train_calls_become_examples(workspace: Workspace) -> None:
    n = 40
    made = world(workspace, n)
    made.say(made.person("Ann"), "tone", [1] * n)
    made.say(made.judge(), "tone", [int(v) for v in truth(n)])
    found = gather.load(made.ws, made.lead, "synthetic")
    judge = found.judges_named("judge")[0]
    by_role = {role: row for row, role in zip(found.rows, found.roles)}
    train = by_role["train"]
    added = few_shots.add(made.ws, made.lead, judge.id, "tone", train.item_id)
    assert few_shots.add(made.ws, made.lead, judge.id, "tone", train.item_id) == added
    for role in ("anchor_test", "dev"):
        with pytest.raises(BadInput, match=role):
            few_shots.add(made.ws, made.lead, judge.id, "tone", by_role[role].item_id)
    assert few_shots.listed(made.ws, "judge@1") == (added,)
    assert added.call_id == train.call_id
    reviewer = raters.sign_in(made.ws, "Rita", "reviewer")
    with pytest.raises(NotAllowed):
        few_shots.add(made.ws, reviewer, judge.id, "tone", train.item_id)
    few_shots.remove(made.ws, made.lead, "judge", "tone", train.item_id)
    assert few_shots.listed(made.ws, "judge") == ()
