"""Opening a study: its clips are cut, levelled and frozen by hash. Nothing of it changes after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.calls import Call, Span
from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ids import new_id
from app.domain.judging import sha256_of
from app.domain.ratings import ItemRef, Viewer
from app.domain.studies import PAIRED, Stimulus, Study
from app.domain.work import Work
from app.services.studies import making, rendering
from app.services.studies.choosing import Candidate, Pair
from app.services.studies.controls import Planned, controls, references
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork


def plan(
    study: Study,
    clips: Sequence[Candidate] = (),
    pairs: Sequence[Pair] = (),
    *,
    originals: Mapping[str, Call] = {},
    with_references: bool = False,
    with_controls: bool = True,
) -> list[Planned]:
    """Everything that a study presents.

    Args:
        study: a draft.
        clips: what is rated, of instruments for single clips and of rubric studies.
        pairs: what is rated, of instruments for pairs; of DCR clips with their references.
        originals: call id → call of what perturbed calls were made from, for clean golds.
        with_references: add reference conditions (ACR alone).
        with_controls: add training, traps, golds, null and obvious pairs as the design asks.
    """
    if study.instrument in PAIRED:
        found = [Planned(role="rate", clip=p.first, other=p.second) for p in pairs]
    else:
        found = [Planned(role="rate", clip=c) for c in clips]
    if with_references and study.instrument == "acr":
        found += references(study, clips)
    if with_controls:
        found += controls(study, clips, pairs, originals)
    return found


def keep_drawn(ws: Workspace, viewer: Viewer, study_id: str, planned: Sequence[Planned]) -> Study:
    """Keep the calls that were drawn for a rubric study with its draft.

    Raises:
        NotAllowed: not a lead, or no draft of a rubric study without calls.
    """
    study = making.get(ws, study_id)
    if not viewer.is_lead:
        raise NotAllowed("Only a lead makes studies.", "Sign in as a lead.")
    if study.state != "draft" or study.instrument != "rubric" or study.stimuli:
        raise NotAllowed(f"{study.code} takes no calls.", "Make another study for them.")
    with ws.db.human() as uow:
        found = [_stimulus(uow, study, at, p, {}) for at, p in enumerate(planned, start=1)]
        uow.studies.add_stimuli(found)
        uow.touch(Changes(studies=True))
    return making.get(ws, study.id)


def open_study(
    ctx: Work, ws: Workspace, viewer: Viewer, study_id: str, planned: Sequence[Planned]
) -> Study:
    """Render and freeze the stimuli, and open the study.

    Args:
        ctx: progress in clips, and cancellation, which leaves the draft as it was.
        ws: the workspace.
        viewer: a lead.
        study_id: a draft.
        planned: what it presents; of a draft that has its calls already, nothing.

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
    if study.stimuli and planned:
        raise BadInput(f"{study.code} has its calls already.", "Open it as it is.")
    if not study.stimuli and not any(p.role == "rate" for p in planned):
        raise BadInput(f"{study.code} has nothing to rate.", "Choose calls for it first.")
    call_ids = {c.call.id for p in planned for c in (p.clip, p.other) if c is not None}
    with ws.db.read() as reader:
        masks = {call_id: reader.redactions.mask(call_id) for call_id in call_ids}
    sounds = {} if study.instrument == "rubric" else _render(ctx, ws, study, planned)
    with ws.db.human() as uow:
        if any(uow.redactions.mask(call_id) != mask for call_id, mask in masks.items()):
            raise BadInput("A call was redacted while its clips were cut.", "Open the study again.")
        found = uow.studies.stimuli(study.id)
        if not found:
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


_Key = tuple[str, int, int, str, str]


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
        sound = rendering.cut(ctx, ws, clip.call, clip.span, design.channels, edge_ms)
        cut[key] = rendering.treated(
            sound, clip.recipe, clip.order, seed=study.seed, source_key="/".join(map(str, key))
        )
    if study.instrument in PAIRED:  # what is compared must differ in nothing but itself
        rate_hz = max(sound.rate_hz for sound in cut.values())
        cut = {key: rendering.at_rate(sound, rate_hz) for key, sound in cut.items()}
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
                    profile_id=_treatment(clip), other_item_id=other_id)
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
        profile_id=_treatment(clip),
    )


def _treatment(clip: Candidate) -> str | None:
    """What makes a treated clip an item of its own."""
    made = clip.recipe or clip.order
    return f"{made} @ {clip.span.start}-{clip.span.end}" if made else None


def _key(clip: Candidate) -> _Key:
    return (clip.call.id, clip.span.start, clip.span.end, clip.recipe, clip.order)


def _bandwidth(rate_hz: int) -> str:
    """What the call's rate can carry at most."""
    names = ((8_000, "NB"), (16_000, "WB"), (32_000, "SWB"))
    return next((name for most, name in names if rate_hz <= most), "FB")
