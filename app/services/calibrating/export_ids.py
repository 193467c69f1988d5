"""Ids of items and raters in a dataset: they follow from content, not from this database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from app.domain.ratings import ADJUDICATION
from app.services.calibrating.rating_set import RatingSet

PSEUDONYM = re.compile(r"^r-[0-9a-f]{10}$")


def item_ids(found: RatingSet) -> list[str]:
    """An id of each item that follows from what was rated, not from this database."""
    out = []
    for item in found.items:
        other = found.calls[item.other_call_id].content_sha256 if item.other_call_id else ""
        place = (
            found.calls[item.call_id].content_sha256, item.kind, item.speaker, item.start, item.end,
            item.profile, other,
        )  # fmt: skip
        out.append(hashlib.sha256("\n".join(map(str, place)).encode()).hexdigest()[:20])
    return out


def pseudonym(found: RatingSet, rater_id: str) -> str:
    """A rater without a name: the same in every export, and in those of whoever imports one."""
    judge = found.judges.get(rater_id)
    if judge is not None:
        return f"j-{judge.sha256[:10]}"
    return pseudonym_of(rater_id, found.names.get(rater_id, ("", "", ""))[1])


def pseudonym_of(rater_id: str, name: str) -> str:
    """A person's; one who came in with a dataset is known by it and keeps it."""
    if rater_id == ADJUDICATION:
        return ADJUDICATION
    if PSEUDONYM.match(name):
        return name
    return f"r-{hashlib.sha256(rater_id.encode()).hexdigest()[:10]}"


def without_raters(found: RatingSet, value: Any) -> Any:
    """A stored value with pseudonyms where it names people of this workspace."""
    if isinstance(value, str):
        is_person = found.names.get(value, ("", "", ""))[0] == "human"
        return pseudonym(found, value) if is_person else value
    if isinstance(value, Mapping):
        return {without_raters(found, k): without_raters(found, v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [without_raters(found, v) for v in value]
    return value
