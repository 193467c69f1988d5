"""A call without a headset: the agent is heard in the microphone, too. Prints JSON.

    python probe_echo_call.py SECONDS

`checked` is what the sound check said before; the caller says hello and nothing else.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from app.agents.practice import voice
from app.agents.practice.server import PracticeServer
from app.agents.session import CallSession
from app.domain.work import Quiet
from app.services import calls, live_calls
from app.services.assets import asset
from app.services.live_calls.sounds import at_rate
from app.services.workspace import Workspace
from tests.support.sound_room import RECORD_HZ, say


def hello(path: Path) -> None:
    clip = voice.clip(asset("practice", "clips"), "caller_hello")
    assert clip is not None
    lead = np.zeros(RECORD_HZ, np.int16)
    pcm = np.concatenate([lead, at_rate(clip, voice.RATE_HZ, RECORD_HZ)])
    pcm.astype("<i2").tofile(path)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        words = Path(folder) / "hello.raw"
        hello(words)
        ws = Workspace.open(Path(folder) / "ws")
        stack.callback(ws.close)
        brief = live_calls.practice_brief()
        server = stack.enter_context(PracticeServer(brief, recognises=False))

        def speak(session: CallSession) -> None:
            def wait_and_say() -> None:
                while not session.captured:
                    time.sleep(0.01)
                with say(words) as playing:
                    playing.wait()

            threading.Thread(target=wait_and_say, daemon=True).start()

        request = live_calls.LiveRequest(
            profile=live_calls.practice_profile(server.url, brief),
            device="default",
            seconds=float(sys.argv[1]),
        )
        stored = live_calls.place(Quiet(), ws, request, began=speak)
        call = calls.get_call(ws, stored.call_id)
        found = stored.measures
        told = {
            "words": stored.words,
            "echo_db": found.stream.echo_db,
            "heard_itself": len([t for t in server.truth if t["what"] == "hears"]) - 1,
            "caller": len(found.caller),
            "barge_ins": len(found.barge_ins),
            "responses": len(found.turns),
            "false_stops": len(found.false_stops),
            "voids": sorted({v for f in call.warnings for v in f.voids}),
            "codes": sorted(f.code for f in call.warnings),
            "underruns": found.stream.underruns,
        }
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
