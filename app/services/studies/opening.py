"""Opening a study: its clips are cut, levelled and frozen by hash. Nothing of it changes after."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.calls import Span
from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ids import new_id
from app.domain.judging import sha256_of
from app.domain.ratings import ItemRef, Viewer
from app.domain.studies import PAIRED, Stimulus, StimulusRole, Study
from app.domain.work import Work
from app.services.studies import making, rendering
from app.services.studies.choosing import Candidate, Pair
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One stimulus before it is rendered: a clip, or two."""

    role: StimulusRole
    clip: Candidate
    other: Candidate | None = None
    """Of a pair, or the reference of a DCR trial."""
    expected: float | None = None


def plan(
    study: Study, clips: Sequence[Candidate] = (), pairs: Sequence[Pair] = ()
) -> list[Planned]:
    """The rating stimuli of clips or pairs, with null pairs by chance as the design asks."""
    if study.instrument not in PAIRED:
        return [Planned(role="rate", clip=c) for c in clips]
    found = [Planned(role="rate", clip=p.first, other=p.second) for p in pairs]
    if study.instrument != "dcr" and pairs:
        chance = random.Random(f"{study.seed}/null")
        for _ in range(round(study.design.null_share * len(pairs))):
            clip = chance.choice([p.first for p in pairs])
            found.append(Planned(role="null", clip=clip, other=clip, expected=0.0))
    return found


def open_study(
    ctx: Work, ws: Workspace, viewer: Viewer, study_id: str, planned: Sequence[Planned]
) -> Study:
    """Render and freeze the stimuli, and open the study.

    Args:
        ctx: progress in clips, and cancellation, which leaves the draft as it was.
        ws: the workspace.
        viewer: a lead.
        study_id: a draft.
        planned: what it presents.

    Raises:
        NotAllowed: not a lead, or not a draft.
        BadInput: nothing to present, or a clip that cannot be cut.
        Cancelled.
    """
    study = making.get(ws, study_id)
    if not viewer.is_lead:
        raise NotAllowed("Only a lead opens studies.", "Sign in as a lead.")
    if study.state != "draft":
        raise NotAllowed(f"{study.code} is {study.state}: its stimuli are frozen.")
    if not any(p.role == "rate" for p in planned):
        raise BadInput(f"{study.code} has nothing to rate.", "Choose calls for it first.")
    sounds = {} if study.instrument == "rubric" else _render(ctx, ws, study, planned)
    with ws.db.human() as uow:
        found = [_stimulus(uow, study, at, p, sounds) for at, p in enumerate(planned, start=1)]
        uow.studies.add_stimuli(found)
        snapshot = sha256_of(
            [[s.number, s.role, s.item_id, s.sha256, s.other_sha256] for s in found]
        )
        uow.studies.set_state(
            study.id, "open", rater_id=viewer.rater_id or None, snapshot_sha256=snapshot
        )
        uow.touch(Changes(studies=True))
    return making.get(ws, study.id)


_Key = tuple[str, int, int]


def _render(
    ctx: Work, ws: Workspace, study: Study, planned: Sequence[Planned]
) -> dict[_Key, rendering.Kept]:
    wanted = {_key(c): c for p in planned for c in (p.clip, p.other) if c is not None}
    design = study.design
    cut: dict[_Key, rendering.Clip] = {}
    for done, (key, clip) in enumerate(wanted.items()):
        ctx.raise_if_cancelled()
        ctx.progress(done, 2 * len(wanted), "Cutting clips")
        edge_ms = design.lead_ms if clip.speaker is not None else 0
        cut[key] = rendering.cut(ctx, ws, clip.call, clip.span, design.channels, edge_ms)
    target = (
        rendering.common_target(list(cut.values()), design.level_dbov)
        if design.lock_level
        else None
    )
    kept: dict[_Key, rendering.Kept] = {}
    for done, (key, sound) in enumerate(cut.items(), start=len(wanted)):
        ctx.raise_if_cancelled()
        ctx.progress(done, 2 * len(wanted), "Setting levels")
        kept[key] = rendering.keep(ws, *rendering.levelled(sound, target))
    ctx.progress(2 * len(wanted), 2 * len(wanted))
    return kept


def _stimulus(
    uow: UnitOfWork, study: Study, number: int, planned: Planned, sounds: dict[_Key, rendering.Kept]
) -> Stimulus:
    clip, other = planned.clip, planned.other
    sound = sounds.get(_key(clip))
    second = sounds.get(_key(other)) if other is not None else None
    item = _item(clip, "call" if study.instrument == "rubric" else "clip")
    item_id = uow.scores.item(item)
    if other is not None and study.instrument != "dcr":
        other_id = uow.scores.item(_item(other, "clip"))
        item_id = uow.scores.item(
            ItemRef(kind="pair", call_id=clip.call.id, span=clip.span, layer_id=clip.layer_id,
                    layer_version=clip.layer_version, speaker=clip.speaker,
                    other_item_id=other_id)
        )  # fmt: skip
    return Stimulus(
        id=new_id(),
        study_id=study.id,
        number=number,
        role=planned.role,
        item_id=item_id,
        call_id=clip.call.id,
        condition=clip.condition,
        other_condition="" if other is None else other.condition,
        sha256="" if sound is None else sound.sha256,
        other_sha256="" if second is None else second.sha256,
        length_ms=0 if sound is None else sound.length_ms,
        other_length_ms=0 if second is None else second.length_ms,
        gain_db=0.0 if sound is None else sound.gain_db,
        other_gain_db=0.0 if second is None else second.gain_db,
        level_dbov=None if sound is None else sound.level_dbov,
        bandwidth=_bandwidth(clip.call.rate_hz),
        expected=planned.expected,
        reason=clip.reason,
        inclusion_prob=clip.inclusion_prob,
    )


def _item(clip: Candidate, kind: str) -> ItemRef:
    if kind == "call":
        whole = Span(0, clip.call.frame_count)
        return ItemRef(kind="call", call_id=clip.call.id, span=whole)
    return ItemRef(
        kind="clip",
        call_id=clip.call.id,
        span=clip.span,
        layer_id=clip.layer_id,
        layer_version=clip.layer_version,
        turn_index=clip.turn_index,
        speaker=clip.speaker,
    )


def _key(clip: Candidate) -> _Key:
    return (clip.call.id, clip.span.start, clip.span.end)


def _bandwidth(rate_hz: int) -> str:
    """What the call's rate can carry at most."""
    names = ((8_000, "NB"), (16_000, "WB"), (32_000, "SWB"))
    return next((name for most, name in names if rate_hz <= most), "FB")
