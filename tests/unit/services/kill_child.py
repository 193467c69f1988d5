"""A rater at work, in a process of its own: acts without end and says so after each action.

    python kill_child.py WORKSPACE CALL RUBRIC LAYER SEED

Each line on standard output is an action that was acknowledged: it had returned.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from app.domain.calls import Span
from app.domain.ratings import Answer, ItemRef, Viewer
from app.services import commenting, layers, raters, rating, undo
from app.services.workspace import Workspace


def say(**line: Any) -> None:
    os.write(1, (json.dumps(line) + "\n").encode())


class Rater:
    def __init__(self, folder: Path, call_id: str, rubric_id: str, layer_id: str, seed: int):
        self.ws = Workspace.open(folder)
        self.viewer: Viewer = raters.sign_in(self.ws, "Ann", "reviewer")
        self.call_id, self.rubric_id, self.layer_id = call_id, rubric_id, layer_id
        self.draw = random.Random(seed)
        rubric = next(r for r in rating.rubric_versions(self.ws) if r.id == rubric_id)
        self.criteria = [c.id for c in rubric.criteria]

    def act(self) -> None:
        chosen = self.draw.choices(
            (self.score, self.comment, self.edit, self.undo, self.submit), (6, 2, 3, 2, 1)
        )[0]
        chosen()

    def score(self) -> None:
        turn = self.draw.randrange(5)
        item = ItemRef(
            kind="turn",
            call_id=self.call_id,
            span=Span(turn * 1000, turn * 1000 + 900),
            layer_id=self.layer_id,
            layer_version=1,
            profile_id="callbench-1",
            turn_index=turn,
            speaker="agent",
        )
        criterion, value = self.draw.choice(self.criteria), self.draw.randrange(6)
        answer = Answer(status="observed", value=value)
        saved = rating.draft(self.ws, self.viewer, item, criterion, answer)
        say(kind="score", id=saved.score_id, turn=turn, criterion=criterion, value=value)

    def comment(self) -> None:
        body = f"note {self.draw.random()}"
        made = commenting.add(
            self.ws, self.viewer, self.call_id, start=self.draw.randrange(9), body=body
        )
        say(kind="comment", id=made.id, body=body)

    def edit(self) -> None:
        current = layers.current_speech_layer(self.ws, self.call_id)
        assert current is not None
        segment = self.draw.choice(layers.segments(self.ws, current.id))
        end = segment.span.start + self.draw.randrange(100, 900)
        done = layers.edit(
            self.ws,
            self.viewer,
            self.call_id,
            "move",
            {"segment_id": segment.id, "start": segment.span.start, "end": end},
            base_layer_id=current.id,
        )
        say(kind="edit", number=done.layer.version, segment=segment.id, end=end)

    def undo(self) -> None:
        step = undo.undo(self.ws, self.viewer, self.call_id)
        if step is not None:
            say(kind="undo")

    def submit(self) -> None:
        with self.ws.db.read() as uow:
            ready = uow.scores.has_draft(self.viewer.rater_id, self.call_id, self.rubric_id)
            ready = ready and any(
                s.answer.status != "cleared"
                for s in uow.scores.form(self.viewer.rater_id, self.call_id, self.rubric_id)
            )
        if ready:
            done = rating.submit(self.ws, self.viewer, self.call_id, self.rubric_id)
            say(kind="submit", version=done.version, count=done.score_count)


def main() -> None:
    folder, call_id, rubric_id, layer_id, seed = sys.argv[1:]
    rater = Rater(Path(folder), call_id, rubric_id, layer_id, int(seed))
    say(kind="ready")
    while True:
        rater.act()


if __name__ == "__main__":
    main()
