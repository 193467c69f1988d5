"""Pairs that a judge compared in both orders: whether what it saw first swayed it."""

from __future__ import annotations

import json

import numpy as np

from app.domain.judging import JudgeVersion
from app.eval.calibration.biases import PositionBias, Swapped, position
from app.services.calibrating.dimension import Dimension


def position_of(one: Dimension, judge: JudgeVersion) -> PositionBias | None:
    """Of the judge's newest verdicts on the dimension's pairs; None where it compared none."""
    found = one.set
    if one.criterion.scope != "pair" or judge.rater_id not in found.raters:
        return None
    mine = (found.rater == found.raters.index(judge.rater_id)) & found.newest
    mine &= found.criterion == found.rubric.criteria.index(one.criterion)
    mine &= np.isin(found.item, one.items)
    pairs = []
    for at in np.flatnonzero(mine).tolist():
        told = found.rows[at].order_values
        if told is not None:
            straight, turned = json.loads(told)
            # Both are of the first call; Swapped wants what was shown first.
            call = int(found.call_numbers[found.item[at]])
            pairs.append(Swapped(call=call, straight=int(straight), turned=-int(turned)))
    return position(pairs) if pairs else None
