"""Noise and lines as they are written."""

from __future__ import annotations

import pytest

from app.agents.line_effects import LineEffects
from app.domain.errors import BadInput
from app.services.live_calls import Noise, line_of, noise_of


def test_what_is_written_is_what_is_meant() -> None:
    assert noise_of("babble:10", 3) == Noise(kind="babble", snr_db=10.0, seed=3)
    line = line_of("ulaw, loss=5,delay=100", 7)
    assert line == LineEffects(ulaw8k=True, loss_percent=5, delay_ms=100, seed=7)
    assert not line_of("").is_on


@pytest.mark.parametrize("text", ["babble", "babble:x", "thunder:3"])
def test_a_noise_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="babble"):
        noise_of(text)


@pytest.mark.parametrize("text", ["loss", "loss=x", "loss=200", "tin"])
def test_a_line_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"ulaw|Loss"):
        line_of(text)
