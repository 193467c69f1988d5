"""Keeps frozen anchors out of prompts, whichever way their words would get there."""

from __future__ import annotations

import json
from typing import Any

from app.domain.errors import BadInput
from app.domain.fold import fold
from app.eval.calibration import leak
from app.services.calibrating import splits
from db.repos.calibration_facts import CalibrationFacts
from db.repos.call_texts import CallTexts
from db.unit_of_work import Reader

MOST_NAMED = 5


def refuse_anchors(uow: Reader, body: Any, before: Any = "") -> None:
    """Refuse what quotes an anchor: a judge that has seen its exam proves nothing by it.

    What train calls say as well is no secret, nor is what stood there before.

    Args:
        uow: a transaction.
        body: all that a model will be told, plain.
        before: what it was made from.

    Raises:
        BadInput: names the calls.
    """
    prompt, known = fold(_text(body)), fold(_text(before))
    if not leak.runs(leak.words(prompt), leak.LINE) - leak.runs(leak.words(known), leak.LINE):
        return
    texts = dict(CallTexts(uow.connection).of_all())
    rule = splits.stored(uow)
    calls = {c.id: c for c in CalibrationFacts(uow.connection).calls(list(texts))}
    barred = {i: t for i, t in texts.items() if rule.role(calls[i]) == "anchor_test"}
    train = (t for i, t in texts.items() if rule.role(calls[i]) == "train")
    found = leak.quoted(prompt, known, barred, train)
    if found:
        codes = ", ".join(calls[i].code for i in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise BadInput(
            f"This quotes {codes}{more}: of the test split, which no prompt may hold.",
            "Take examples from train calls.",
        )


def _text(body: Any) -> str:
    """All strings of a value, a line each."""
    if isinstance(body, str):
        return body
    return "\n".join(_strings(json.loads(json.dumps(body, default=str))))


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for v in value.values() for s in _strings(v)]
    if isinstance(value, list):
        return [s for v in value for s in _strings(v)]
    return []
