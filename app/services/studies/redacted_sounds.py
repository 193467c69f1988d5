"""Which of a study's frozen clips must not go out, as their calls were redacted later."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.calls import Span
from app.domain.redaction import mask_of
from app.domain.studies import Study
from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """What redaction means for a study's export."""

    sounds: frozenset[str]
    """Hashes of the clips that are left out."""
    calls: int
    """How many of its calls are redacted, before or after it was frozen."""


def find(ws: Workspace, study: Study) -> KeptBack:
    """Clips of what was redacted after they were cut.

    What was redacted before is silent in them. People in the study go on hearing its clips as
    they were frozen; a clip that was changed would not be what they voted on, so it is left out.
    """
    edge_ms, frozen_at = study.design.lead_ms, study.frozen_at or ""
    sounds: set[str] = set()
    redacted: set[str] = set()
    with ws.db.read() as uow:
        for place in uow.studies.places(study.id):
            found = uow.redactions.reaching(place.call_id)
            if not found:
                continue
            redacted.add(place.call_id)
            edge = edge_ms * place.rate_hz // 1000
            heard = Span(max(0, place.start - edge), place.end + edge)
            if mask_of(r for r in found if r.since >= frozen_at).touches(heard):
                sounds |= {place.sha256, place.other_sha256} - {""}
    return KeptBack(sounds=frozenset(sounds), calls=len(redacted))
