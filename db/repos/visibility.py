"""What a viewer may see of scores and comments, as SQL. Every read path is made of these.

A lead sees everything that was submitted. A reviewer sees their own rows, and those of judges
and of other people only for items that they have submitted themselves, and only where the
workspace's setting allows it. Drafts are their writer's alone. A study that reveals nothing keeps
its calls closed to its raters until it is closed itself, whatever they submitted.
"""

from __future__ import annotations

from typing import Any

from app.domain.ratings import ADJUDICATION, Viewer

CONVERSATION = "conversation"
"""The rubric by which whoever placed a live call rates it, before any figure of it is shown."""

REVEAL_SETTING = "reveal_after_submit"
"""JSON `false` keeps other people's and judges' scores hidden even after submitting."""

_ALLOWED = (
    f"NOT EXISTS (SELECT 1 FROM setting WHERE scope = '' AND key = '{REVEAL_SETTING}' "
    "AND value = 'false')"
)

_WITHHELD = """(SELECT sm.call_id FROM study sy CROSS JOIN trial st ON st.study_id = sy.id
        AND st.rater_id = :viewer JOIN stimulus sm ON sm.id = st.stimulus_id WHERE {hidden}
    UNION ALL SELECT pj.call_id FROM study sy CROSS JOIN trial st ON st.study_id = sy.id
        AND st.rater_id = :viewer JOIN stimulus sm ON sm.id = st.stimulus_id
        JOIN item pi ON pi.id = sm.item_id JOIN item pj ON pj.id = pi.other_item_id
        WHERE {hidden})""".format(
    hidden="json_extract(sy.design, '$.reveal') = 0 AND (SELECT sx.state FROM study_state sx "
    "WHERE sx.study_id = sy.id ORDER BY sx.seq DESC LIMIT 1) IN ('open', 'paused')"
)
"""Calls that the viewer has in a study which is not over and reveals nothing; both of a pair."""

_AGAIN = """EXISTS (SELECT 1 FROM assignment g WHERE g.call_id = {0}.call_id
        AND g.rater_id = {0}.rater_id AND g.rubric_version_id = {0}.rubric_version_id
        AND g.policy LIKE 'repeat %' AND g.drawn_at < {0}.created_at)"""
"""That a version of a form was submitted after its call had come again."""

NEWEST = """(s.phase = 'submitted'
AND NOT EXISTS (SELECT 1 FROM score n WHERE n.supersedes_id = s.id AND n.phase = 'submitted')
AND NOT EXISTS (SELECT 1 FROM submission a JOIN submission b
    ON b.call_id = a.call_id AND b.rubric_version_id = a.rubric_version_id
    AND b.rater_id = a.rater_id AND b.version <> a.version WHERE a.id = s.submission_id
    AND CASE WHEN b.version > a.version THEN {again_a} OR NOT {again_b}
        ELSE {again_a} AND NOT {again_b} END))""".format(
    again_a=_AGAIN.format("a"), again_b=_AGAIN.format("b")
)
"""Submitted rows of `score s` that no later version has replaced. What a rater gave when the call
came again, blind, replaces nothing: it tells how steady they are, and the first round counts."""

_OWN_ITEM = """EXISTS (SELECT 1 FROM score o JOIN item oi ON oi.id = o.item_id
    JOIN item si ON si.id = s.item_id
    WHERE o.call_id = s.call_id AND o.rubric_version_id = s.rubric_version_id
    AND o.rater_id = :viewer AND o.phase = 'submitted' AND o.status <> 'cleared'
    AND oi.kind = si.kind AND coalesce(oi.speaker, '') = coalesce(si.speaker, '')
    AND oi.other_item_id IS si.other_item_id
    AND (oi.kind = 'call' OR CASE WHEN oi.kind = 'clip'
            AND coalesce(oi.profile_id, si.profile_id) IS NOT NULL
        THEN oi.profile_id IS si.profile_id
        ELSE oi.start < si."end" AND si.start < oi."end" END))"""


AWAITING = f"""(SELECT wc.id FROM call wc
    WHERE json_extract(wc.extra, '$.live.placed_by') = :viewer
    AND NOT EXISTS (SELECT 1 FROM submission wr JOIN rubric_version wv
        ON wv.id = wr.rubric_version_id WHERE wr.call_id = wc.id
        AND wr.rater_id = :viewer AND wv.key = '{CONVERSATION}'))"""
"""Live calls that the viewer placed and has still to rate; `ix_call_placed_by` finds them."""

HAS_FORM = """EXISTS (SELECT 1 FROM criterion fc
    WHERE fc.rubric_version_id = {rubric} AND fc.scope NOT IN ('clip', 'pair'))"""
"""That a rubric asks about calls or turns: answering on clips or pairs opens nothing but these."""


def cell(item: str) -> str:
    """What an answer of one kind belongs to: a clip's own name, else the stretch of speech."""
    named = f"CASE {item}.kind WHEN 'clip' THEN {item}.profile_id END"
    return f"coalesce({named}, {item}.start || '-' || {item}.\"end\")"


def visible_scores(viewer: Viewer) -> str:
    """A condition on `score s`; needs the parameters of `viewer_params`."""
    if viewer.is_lead:
        return "(s.phase = 'submitted' OR s.rater_id = :viewer)"
    return (
        f"(s.rater_id = :viewer OR (s.phase = 'submitted' AND s.rater_id <> '{ADJUDICATION}' "
        f"AND {_ALLOWED} "
        f"AND NOT {withheld('s.call_id')} AND {_OWN_ITEM}))"
    )


def withheld(call_id: str) -> str:
    """A condition on a call's id: that a study keeps it closed to the viewer for now."""
    return f"({call_id} IN {_WITHHELD})"


def opened_call(viewer: Viewer, call_id: str) -> str:
    """A condition on a call's id: that the viewer may see what others left on it.

    That is the lead, or the reviewer who has submitted a form on that call, other than readings
    of single clips.
    """
    if viewer.is_lead:
        return "1"
    return (
        f"({_ALLOWED} AND NOT {withheld(call_id)} AND EXISTS (SELECT 1 FROM submission ws "
        f"WHERE ws.rater_id = :viewer AND ws.call_id = {call_id} "
        f"AND {HAS_FORM.format(rubric='ws.rubric_version_id')}))"
    )


def awaits_caller(call_id: str) -> str:
    """A condition on a call's id: that the viewer placed it and has not rated it as its caller.

    Until then no measured figure of it is told to them, by value, filter, order or count.
    """
    return f"({call_id} IN {AWAITING})"


def viewer_params(viewer: Viewer) -> dict[str, Any]:
    """The parameters that the conditions need."""
    return {"viewer": viewer.rater_id}
