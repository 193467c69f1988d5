"""Which calls a prompt and a fit may see: train, dev and anchors, by call and for life.

A role follows from the content of the recording alone, so that it is the same in every workspace,
and a perturbed copy has the role of the call that it was made from. Freezing says from when on the
anchors are kept out of prompts; shares and salt cannot be changed after that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.clock import utc_now
from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import Viewer
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts, CallFact
from db.unit_of_work import Reader

Role = Literal["train", "dev", "anchor_test"]
MIXED = "mixed"
"""Of a pair whose calls have different roles: it is in no split."""
SETTING = "calibration_splits"
SALT = "callbench.calibration/1"
SHARES: Mapping[Role, float] = {"train": 0.5, "dev": 0.2, "anchor_test": 0.3}
_SUM_SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """How roles are given. `frozen_at` is empty until a lead has frozen them."""

    shares: Mapping[Role, float]
    salt: str = SALT
    frozen_at: str = ""

    @property
    def is_frozen(self) -> bool:
        """Whether anchors are kept out of prompts for good."""
        return bool(self.frozen_at)

    def role(self, call: CallFact) -> Role:
        """The role of a call, for life."""
        digest = hashlib.sha256(f"{self.salt}\n{call.root_sha256}".encode()).digest()
        place = int.from_bytes(digest[:8]) / 2**64
        upto = 0.0
        for role, share in self.shares.items():
            upto += share
            if place < upto:
                return role
        return "anchor_test"


def stored(uow: Reader) -> Splits:
    """The splits of a workspace; the usual ones, not frozen, where none are stored."""
    body = uow.settings.get(SETTING)
    if body is None:
        return Splits(shares=SHARES)
    # Shares are kept in the order of the roles, which JSON with sorted keys does not.
    shares: dict[Role, float] = {role: body["shares"][role] for role in SHARES}
    return Splits(shares=shares, salt=body["salt"], frozen_at=body["frozen_at"])


def freeze(ws: Workspace, viewer: Viewer, shares: Mapping[Role, float] | None = None) -> Splits:
    """Keep the anchors out of prompts and fits from now on. Doing it twice changes nothing.

    Raises:
        NotAllowed: a reviewer.
        BadInput: shares that are none, or other ones than those that are frozen.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead freezes the anchors.", "Sign in as a lead.")
    wanted = None if shares is None else {role: float(shares.get(role, 0.0)) for role in SHARES}
    if wanted is not None:
        total = sum(wanted.values())
        if (
            min(wanted.values()) <= 0
            or abs(total - 1) > _SUM_SLACK
            or set(shares or ()) - set(SHARES)
        ):
            raise BadInput(
                "These shares are no split.", "Give train, dev and anchor_test, above 0, sum 1."
            )
    with ws.db.human() as uow:
        known = stored(uow)
        if known.is_frozen:
            if wanted is not None and wanted != dict(known.shares):
                raise BadInput(
                    f"The splits were frozen on {known.frozen_at[:10]}.",
                    "A call keeps its role for life.",
                )
            return known
        made = Splits(shares=wanted or SHARES, frozen_at=utc_now())
        body = {"shares": dict(made.shares), "salt": made.salt, "frozen_at": made.frozen_at}
        uow.settings.put(SETTING, body)
    return made


def require_train(ws: Workspace, call_ids: Sequence[str]) -> None:
    """Refuse calls that must not enter a prompt: anything but the train split.

    Raises:
        BadInput: names those calls.
    """
    with ws.db.read() as uow:
        splits = stored(uow)
        found = CalibrationFacts(uow.connection).calls(list(dict.fromkeys(call_ids)))
    barred = [f"{c.code} ({splits.role(c)})" for c in found if splits.role(c) != "train"]
    if barred:
        raise BadInput(
            f"{', '.join(barred)} cannot be an example in a prompt.",
            "Choose calls of the train split: others would let a judge see its own exam.",
        )
