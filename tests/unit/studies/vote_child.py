"""A rater in a process of its own, who votes as fast as the machine allows and says what was kept.

    python vote_child.py WORKSPACE STUDY NAME SEED

Each line on standard output is a vote that was acknowledged: it had returned.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from app.domain.studies import Heard
from app.services import raters
from app.services.studies import blocks, sessions, voting
from app.services.workspace import Workspace
from db.repos import votes

votes.LEASE_S = -1  # whoever held a trial before was killed
SETUP = ("consent", "declaration", "device", "digits", "level")


def say(**line: Any) -> None:
    os.write(1, (json.dumps(line) + "\n").encode())


def main() -> None:
    folder, study_id, name, seed = sys.argv[1:]
    ws, draw = Workspace.open(Path(folder)), random.Random(int(seed))
    viewer = raters.sign_in(ws, name, "reviewer")
    session_id = sessions.begin(ws, viewer, study_id)
    for kind in SETUP:
        sessions.note(ws, viewer, session_id, kind, {"passed": True})  # type: ignore[arg-type]
    say(kind="ready")
    while True:
        step = sessions.next_step(ws, viewer, session_id, f"w{os.getpid()}")
        if step.kind == "block_end":
            blocks.close_block(ws, viewer, session_id, step.block)
            continue
        if step.trial is None:
            say(kind=step.kind)
            return
        # Now and then a block of nothing but one answer, which does not count and is asked again.
        levels = step.trial.levels[:1] if step.trial.block % 4 == 0 else step.trial.levels
        value = draw.choice(levels).value
        whole = draw.random() > 0.15
        heard = Heard(plays=1, heard_pct=100.0 if whole else 60.0)
        kept = voting.vote(ws, viewer, session_id, step.trial.trial_id, value, heard)
        say(
            kind="vote", id=kept.vote_id, trial=step.trial.trial_id, value=value,
            void=kept.void_reason, sound=step.trial.sounds[0],
        )  # fmt: skip


if __name__ == "__main__":
    main()
