"""What is known of a request from all its attempts."""

from __future__ import annotations

from typing import Any

import pytest

from app.services.judging.standing import stand
from db.repos.replies import Attempt

OWN, OTHER = "r-1", "r-0"


def attempts(*told: tuple[str, Any]) -> list[Attempt]:
    return [
        Attempt(reply_id=f"y{at}", run_id=run, status=status, attempt=at)
        for at, (run, status) in enumerate(told, 1)
    ]


@pytest.mark.parametrize(
    ("told", "retry", "state", "is_own", "tries"),
    [
        ((), False, "open", False, 0),
        (((OTHER, "ok"),), False, "ok", False, 0),
        (((OWN, "ok"),), False, "ok", True, 0),
        (((OTHER, "failed"),), False, "open", False, 0),
        (((OTHER, "unscored"), (OTHER, "unscored")), False, "bad", False, 0),
        (((OTHER, "unscored"), (OTHER, "unscored")), True, "open", False, 0),
        (((OTHER, "unscored"), (OWN, "unscored")), True, "open", True, 1),
        (((OWN, "unscored"),), False, "open", True, 1),
        (((OWN, "unscored"), (OWN, "unscored")), False, "bad", True, 2),
        (((OWN, "unscored"), (OWN, "failed")), False, "bad", True, 1),
        (((OWN, "failed"),), True, "bad", True, 0),
        (((OWN, "unscored"), (OTHER, "ok")), False, "ok", False, 0),
        (((OTHER, "failed"), (OWN, "ok")), False, "ok", True, 0),
    ],
)
def test_standing(told: Any, retry: bool, state: str, is_own: bool, tries: int) -> None:
    found = stand(attempts(*told), OWN, retry)
    assert (found.state, found.is_own, found.tries) == (state, is_own, tries)
    assert found.attempts == len(told)
    assert found.is_settled == (state != "open")


def test_outside_of_a_run_nothing_is_its_own() -> None:
    assert not stand(attempts((OTHER, "ok")), None, False).is_own
    assert not stand(attempts(("", "unscored")), None, False).is_own
