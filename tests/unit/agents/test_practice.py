from __future__ import annotations

from pathlib import Path

import pytest

from app.agents.hearing import WINDOW_MS, Endpointer, StreamDetector
from app.agents.practice import brief as briefs
from app.agents.practice import faults, voice
from app.agents.practice.brief import Course
from app.domain.errors import BadInput, NotFound
from app.services.assets import asset

BRIEF = briefs.load(asset("practice", "eye_clinic.yaml"))


def test_every_line_that_ships_has_its_clip_and_they_are_small() -> None:
    clips = [voice.clip(BRIEF.clips, line.id) for line in (*BRIEF.steps, *BRIEF.branches)]
    assert all(c is not None and 1.0 < len(c) / voice.RATE_HZ < 8.0 for c in clips)
    assert sum(p.stat().st_size for p in BRIEF.clips.iterdir()) < 600_000


def test_a_course_goes_through_its_steps_and_ends_with_the_last() -> None:
    course = Course(BRIEF)
    said = [course.answer("").id for _ in range(8)]
    assert said == [*(s.id for s in BRIEF.steps), "goodbye", "goodbye"]


def test_a_branch_is_taken_once_where_it_is_heard() -> None:
    course = Course(BRIEF)
    assert course.answer("where can I park").id == "opening"
    assert course.answer("Where can I PARK?").id == "parking"
    assert course.answer("where can I park").id == "birth_date"


def test_again_repeats_the_step_before() -> None:
    course = Course(BRIEF)
    assert [course.answer(x).id for x in ("", "", "sorry", "")] == [
        "opening", "birth_date", "again", "birth_date",
    ]  # fmt: skip


def test_a_step_that_was_cut_short_is_said_again_once() -> None:
    course = Course(BRIEF)
    first = course.answer("")
    course.cut_short(first)
    assert course.answer("") is first
    course.cut_short(first)
    assert course.answer("").id == "birth_date"


def test_faults_are_parsed_and_nonsense_is_refused() -> None:
    made = faults.parse(["slow=250", "deaf", "drop=20", "die=3"])
    assert made == faults.Faults(slow_ms=250, deaf=True, drop_share=0.2, die_s=3)
    for word in ("slow", "slow=-1", "deaf=1", "lazy=3", "drop=100"):
        with pytest.raises(BadInput):
            faults.parse([word])


@pytest.mark.parametrize("share", [0.02, 0.1, 0.4, 0.9])
def test_about_the_share_that_was_asked_for_is_dropped_and_never_an_end(share: float) -> None:
    chunks, lines = 40, 50
    made = faults.Faults(drop_share=share, seed=3)
    found = [made.dropped(chunks, line) for line in range(lines)]
    assert found == [made.dropped(chunks, line) for line in range(lines)]
    assert found != [faults.Faults(drop_share=share).dropped(chunks, n) for n in range(lines)]
    assert not any(n in (0, chunks - 1) for line in found for n in line)
    # Four standard deviations of so many coin tosses.
    inner = lines * (chunks - 2)
    spread = 4 * (inner * share * (1 - share)) ** 0.5
    assert abs(sum(map(len, found)) - inner * share) <= spread
    assert faults.Faults().dropped(chunks, 1) == frozenset()


def test_a_brief_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        briefs.load(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("steps: 5")
    with pytest.raises(BadInput):
        briefs.load(tmp_path / "bad.yaml")


def test_the_end_of_speech_is_found_to_a_window_whatever_the_packets() -> None:
    import numpy as np

    clip = voice.clip(BRIEF.clips, "caller_hello")
    assert clip is not None
    pcm = np.concatenate([np.zeros(24_000, np.int16), clip, np.zeros(24_000, np.int16)])
    ends = []
    for packet in (480, 1_111):
        detector, pointer, changes = StreamDetector(voice.RATE_HZ), Endpointer(), []
        for first in range(0, len(pcm), packet):
            for window in detector.push(pcm[first : first + packet]):
                changes.append(pointer.push(window))
        assert [c for c in changes if c] == ["began", "ended"]
        ends.append(pointer.end_ms)
    assert ends[0] == ends[1]
    assert abs(ends[0] - (1_000 + len(clip) * 1000 / voice.RATE_HZ)) <= 2 * WINDOW_MS
