"""Redactions are made, undone and taken back; the recording and its words stay as they are."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from app.domain.calls import Span
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.redaction import MARK
from app.domain.work import Quiet
from app.eval.perturb.recipe import parse
from app.services import layers, media, outgoing, raters, redacting, undo
from tests.unit.redacting.conftest import RATE, SAID, SECRET, Place


def test_a_redaction_hides_words_and_sound_and_changes_nothing(place: Place) -> None:
    ws, call = place.ws, place.call
    path, _ = media.locate(ws, call, call.tracks[0])
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    made = place.redact()
    assert made.rater_name == "Lee"
    assert redacting.redactions(ws, call.id) == [made]
    assert outgoing.transcript(ws, call.id)[0].text == f"my password is {MARK} thanks"
    assert layers.transcript(ws, call.id)[0].text == SAID
    assert outgoing.turn_set(ws, call.id).turns[0].text == f"my password is {MARK} thanks"
    sound = outgoing.open_media(Quiet(), ws, call)
    plain = media.open_media(Quiet(), ws, call)
    assert not sound.pcm("caller")[SECRET.start : SECRET.end].any()
    assert plain.pcm("caller")[SECRET.start : SECRET.end].all()
    assert (sound.pcm("agent") == plain.pcm("agent")).all()
    lo, hi, rms = sound.peaks("caller").read(0, SECRET.start + 800, 800, 8)
    assert not np.any([lo, hi, rms])
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_undo_redo_and_taking_back_append(place: Place) -> None:
    ws, lead, call_id = place.ws, place.lead, place.call.id
    made = place.redact()
    assert undo.peek(ws, lead, call_id)[0] == "Redact at 00:01.000"
    for expected in ([], [made], []):
        verb = undo.redo if expected else undo.undo
        assert verb(ws, lead, call_id) is not None
        assert redacting.redactions(ws, call_id) == expected
    undo.redo(ws, lead, call_id)
    assert redacting.take_back(ws, lead, made.id).calls == {call_id}
    assert not redacting.mask(ws, call_id)
    undo.undo(ws, lead, call_id)  # of the taking back
    assert redacting.redactions(ws, call_id) == [made]
    with pytest.raises(NotFound):
        redacting.take_back(ws, lead, "unknown")


def test_only_its_maker_or_a_lead_takes_it_back(place: Place) -> None:
    ann, bo = (raters.sign_in(place.ws, name, "reviewer") for name in ("Ann", "Bo"))
    made = redacting.redact(place.ws, ann, place.call.id, SECRET, "both")
    with pytest.raises(NotAllowed):
        redacting.take_back(place.ws, bo, made.id)
    redacting.take_back(place.ws, place.lead, made.id)
    with pytest.raises(NotFound):
        redacting.take_back(place.ws, ann, made.id)
    assert undo.undo(place.ws, place.lead, place.call.id) is not None
    assert redacting.redactions(place.ws, place.call.id) == [made]


def test_the_library_filters_by_it_however_often_it_was_taken_back(place: Place) -> None:
    from app.domain.browsing import Sort
    from app.services import browsing

    def found(query: str) -> int:
        asked = browsing.parse_query(query)
        return len(browsing.call_ids(place.ws, place.lead, asked, Sort("code", False)))

    assert (found("redacted:yes"), found("redacted:no")) == (0, 1)
    made = place.redact()
    ws, lead, call_id = place.ws, place.lead, place.call.id
    steps = [
        lambda: undo.undo(ws, lead, call_id),
        lambda: undo.redo(ws, lead, call_id),
        lambda: undo.undo(ws, lead, call_id),
        lambda: undo.redo(ws, lead, call_id),
        lambda: redacting.take_back(ws, lead, made.id),
        lambda: undo.undo(ws, lead, call_id),
        lambda: undo.redo(ws, lead, call_id),
        lambda: undo.undo(ws, lead, call_id),
    ]
    for step in steps:
        step()
        is_in_force = bool(redacting.redactions(ws, call_id))
        assert (found("redacted:yes"), found("redacted:no")) == (is_in_force, not is_in_force)
    assert is_in_force


def test_what_cannot_be_redacted_is_said(place: Place) -> None:
    for span in (Span(5, 5), Span(10 * RATE, 11 * RATE)):
        with pytest.raises(BadInput):
            place.redact(span)
    with pytest.raises(BadInput):
        place.redact(channels="mix")  # type: ignore[arg-type]
    made = place.redact(Span(4 * RATE, 99 * RATE))
    assert made.span.end == place.call.frame_count


def test_a_copy_of_a_call_hides_what_the_call_hides(place: Place) -> None:
    from app.services import perturbing

    ws, call = place.ws, place.call
    made = place.redact()
    found = perturbing.perturb(Quiet(), ws, [call.id], parse("gain:-6"))
    ((_, copy_id),) = found.made
    assert redacting.redactions(ws, copy_id) == []
    assert redacting.mask(ws, copy_id).caller == (made.span,)
    redacting.take_back(ws, place.lead, made.id)
    assert not redacting.mask(ws, copy_id)


def test_a_lead_marks_whether_personal_data_was_looked_for(place: Place) -> None:
    ws, call_id = place.ws, place.call.id
    assert redacting.pii(ws, [call_id]) == {call_id: "not checked"}
    redacting.set_pii(ws, place.lead, call_id, "none found")
    assert redacting.pii(ws, [call_id, "other"])[call_id] == "none found"
    with pytest.raises(NotAllowed):
        redacting.set_pii(ws, raters.sign_in(ws, "Ann", "reviewer"), call_id, "redacted")
    with pytest.raises(BadInput):
        redacting.set_pii(ws, place.lead, call_id, "clean")
