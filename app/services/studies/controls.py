"""What a study presents besides its items: traps, golds, obvious pairs, training, references.

Rules and counts follow the P.808 toolkit's published configuration: a trap is the beginning of a
real clip and then an order, a gold a clip whose quality nobody can mistake.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.calls import Call
from app.domain.studies import PAIRED, Instrument, StimulusRole, Study
from app.services.studies.choosing import Candidate, Pair, original_of

CLEAN = "clean"
"""The recipe that changes nothing, but makes an item of its own."""
BAD = "muffle:900 loss:0.25,120 static:3"
"""Plainly bad: dull, a quarter of it lost in bursts, noise 3 dB below the speech."""
REFERENCES: Mapping[str, str] = {
    "reference, clean": CLEAN,
    "reference, G.711": "mulaw",
    "reference, narrow band and loss": "band:300,3400 loss:0.1,80",
}
"""Condition → recipe: what spans the range, so that scores can be compared between studies."""
SPAN = (BAD, "", "mulaw loss:0.05,80", "muffle:1500 static:12", CLEAN)
"""What training clips are made by: the worst first, the best last."""
REFERENCE_CLIPS = 4
"""Clips of each reference condition."""

ORDERS: Mapping[Instrument, Mapping[str, float]] = {
    "acr": {str(v): v for v in range(1, 6)},
    "dcr": {str(v): v for v in range(1, 6)},
    "humanlike": {str(v): v for v in range(10)},
    "ai_detect": {"person": 0, "machine": 1},
}
"""Instrument → spoken order → the right answer. Pairs have obvious pairs instead of traps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One stimulus before it is rendered: a clip, or two."""

    role: StimulusRole
    clip: Candidate
    other: Candidate | None = None
    """Of a pair, or the reference of a DCR trial."""
    expected: float | None = None


def controls(
    study: Study, clips: Sequence[Candidate], pairs: Sequence[Pair], originals: Mapping[str, Call]
) -> list[Planned]:
    """Traps, golds, null and obvious pairs and training for a study, by chance from its seed.

    Args:
        study: its instrument, design and seed.
        clips: what is rated, where it is single clips.
        pairs: what is rated, where it is pairs; of DCR a clip with its reference.
        originals: call id → call of what copies were made from: the clean clips.
    """
    chance = random.Random(f"{study.seed}/controls")
    pool = list(clips) or [c for p in pairs for c in (p.first, p.second)]
    if not pool or study.instrument == "rubric":
        return []
    paired = study.instrument in PAIRED and study.instrument != "dcr"
    found = list(_training(study, pool, pairs, chance))
    if paired:
        return [*found, *_null(study, pool, chance), *_obvious(study, pool, chance)]
    rated = len(clips) or len(pairs)
    blocks = -(-rated // max(study.design.block, 1))
    found += _traps(study, pool, blocks * study.design.traps_per_block, chance)
    if study.instrument in ("acr", "dcr"):
        found += _golds(study, pool, blocks * study.design.golds_per_block, originals, chance)
    return found


def references(study: Study, clips: Sequence[Candidate]) -> list[Planned]:
    """The reference conditions of an ACR study, over a few of its clips; rated as all are."""
    chance = random.Random(f"{study.seed}/references")
    picked = chance.sample(list(clips), min(REFERENCE_CLIPS, len(clips)))
    return [
        Planned(
            role="rate",
            clip=replace(c, recipe=recipe, condition=name, reason=name, inclusion_prob=1.0),
        )
        for name, recipe in REFERENCES.items()
        for c in picked
    ]


def _traps(
    study: Study, pool: Sequence[Candidate], count: int, chance: random.Random
) -> Iterator[Planned]:
    orders = list(ORDERS[study.instrument].items())
    chance.shuffle(orders)
    for at in range(min(count, len(orders))):
        name, value = orders[at]
        source = chance.choice(pool)
        clip = replace(
            source, order=name, condition="trap", reason=f"Trap: {name}", inclusion_prob=1.0
        )
        other = _reference(source) if study.instrument == "dcr" else None
        yield Planned(role="trap", clip=clip, other=other, expected=value)


def _golds(
    study: Study,
    pool: Sequence[Candidate],
    count: int,
    originals: Mapping[str, Call],
    chance: random.Random,
) -> Iterator[Planned]:
    """Bad ones, and clean ones where there is something clean: every second one then."""
    dcr = study.instrument == "dcr"
    clean = [c for c in (original_of(c, originals) for c in pool) if c is not None]
    for at in range(min(count, 2 * len(pool))):
        is_clean = bool(at % 2) and bool(clean or dcr)
        source = chance.choice(clean if is_clean and clean else pool)
        clip = replace(
            source, recipe=CLEAN if is_clean else BAD, condition="gold", reason="Gold",
            inclusion_prob=1.0,
        )  # fmt: skip
        other = _reference(source) if dcr else None
        yield Planned(role="gold", clip=clip, other=other, expected=5.0 if is_clean else 1.0)


def _null(study: Study, pool: Sequence[Candidate], chance: random.Random) -> Iterator[Planned]:
    """Pairs of a clip with itself."""
    for _ in range(_share(study.design.null_share, pool)):
        clip = chance.choice(pool)
        yield Planned(role="null", clip=clip, other=clip, expected=0.0)


def _obvious(study: Study, pool: Sequence[Candidate], chance: random.Random) -> Iterator[Planned]:
    """A clip against its plainly bad self; of no use where a bad clip may be what is looked for."""
    if study.design.criterion == "artificial":
        return
    top = 3.0 if study.instrument == "ccr" or study.design.points == 7 else 1.0
    for _ in range(_share(study.design.obvious_share, pool)):
        clip = chance.choice(pool)
        yield Planned(role="obvious", clip=clip, other=_bad(clip), expected=top)


def _training(
    study: Study, pool: Sequence[Candidate], pairs: Sequence[Pair], chance: random.Random
) -> Iterator[Planned]:
    """A few items that span the range; of pairs also a plain one."""
    for at in range(min(study.design.training, len(SPAN))):
        clip = chance.choice(pool)
        made = replace(
            clip, recipe=SPAN[at] or clip.recipe, condition="training", reason="Training",
            inclusion_prob=1.0,
        )  # fmt: skip
        if study.instrument in ("humanlike", "ai_detect"):
            made = replace(made, recipe=clip.recipe)
        other = None
        if study.instrument == "dcr":
            other = _reference(clip)
        elif study.instrument in PAIRED:
            picked = chance.choice(pairs)
            made, other = picked.first, _bad(picked.first) if at == 0 else picked.second
        yield Planned(role="training", clip=made, other=other)


def _share(share: float, pool: Sequence[Candidate]) -> int:
    """So many of the pairs that the pool came from."""
    return round(share * len(pool) / 2)


def _bad(clip: Candidate) -> Candidate:
    return replace(clip, recipe=BAD, condition="plainly bad", reason="Made bad")


def _reference(clip: Candidate) -> Candidate:
    return replace(clip, condition="reference", order="", recipe="")
