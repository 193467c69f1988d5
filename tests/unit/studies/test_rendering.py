"""What is played is the stretch that was chosen, at its level, and stays so."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from app.audio import active_level
from app.domain.calls import Call, Span
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import media
from app.services.studies import making, rendering
from app.services.studies.opening import open_study
from app.services.workspace import Workspace


def test_every_clip_has_the_level_of_the_study(
    ws: Workspace, lead: Viewer, filled: Callable[[int], list[Call]], kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(6))
    stimuli = making.stimuli(ws, lead, study.id)
    assert len(stimuli) == 12
    levels = []
    for stimulus in stimuli:
        samples, rate_hz = rendering.load(ws, stimulus.sha256)
        found = active_level.measure(samples, rate_hz)
        assert found is not None
        levels.append(found.level_dbov)
        assert np.abs(samples).max() <= 10 ** (rendering.PEAK_DBFS / 20) + 1e-4
        assert stimulus.level_dbov == pytest.approx(found.level_dbov, abs=0.1)
    # One target for all; at most the one that was asked for.
    assert max(levels) - min(levels) < 0.1
    assert max(levels) <= study.design.level_dbov + 0.1
    assert len({round(s.gain_db, 2) for s in stimuli}) > 1


def test_a_clip_is_the_speakers_own_stretch(
    ws: Workspace, filled: Callable[[int], list[Call]]
) -> None:
    (call, *_) = filled(2)
    span = Span(4 * 8000, 5 * 8000)
    clip = rendering.cut(Quiet(), ws, call, span, "agent", edge_ms=100)
    source = media.open_media(Quiet(), ws, call).pcm("agent").astype(np.float32) / 32768
    whole = source[span.start - 800 : span.end + 800]
    assert len(clip.samples) == len(whole)
    assert np.allclose(clip.samples[100:-100], whole[100:-100], atol=1e-6)
    assert abs(clip.samples[0]) < 1e-6
    both = rendering.cut(Quiet(), ws, call, span, "both")
    assert not np.allclose(both.samples[100:-100], source[span.start : span.end][100:-100])


def test_a_clip_that_was_changed_or_lost_is_refused(
    ws: Workspace, lead: Viewer, filled: Callable[[int], list[Call]], kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(2))
    one, two, *_ = making.stimuli(ws, lead, study.id)
    path = rendering.clip_path(ws, one.sha256)
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.write_bytes(bytes(body))
    with pytest.raises(BadInput, match="not the one that was frozen"):
        rendering.load(ws, one.sha256)
    rendering.clip_path(ws, two.sha256).unlink()
    with pytest.raises(NotFound, match="missing"):
        rendering.load(ws, two.sha256)


def test_an_open_study_is_frozen(
    ws: Workspace,
    lead: Viewer,
    rater: Viewer,
    filled: Callable[[int], list[Call]],
    kit: SimpleNamespace,
) -> None:
    study = kit.open(ws, lead, filled(2))
    assert study.frozen_at
    assert study.snapshot_sha256
    with pytest.raises(NotAllowed, match="frozen"):
        open_study(Quiet(), ws, lead, study.id, [])
    with pytest.raises(NotAllowed, match="lead"):
        making.stimuli(ws, rater, study.id)
    with pytest.raises(NotAllowed, match="cannot become draft"):
        making.set_state(ws, lead, study.id, "draft")
    closed = making.set_state(ws, lead, study.id, "closed")
    assert closed.snapshot_sha256 == study.snapshot_sha256
    assert closed.frozen_at == study.frozen_at
