"""Make `tests/data/schema0001.db`: run once, when schema 1 was released; kept as it is.

python -m tests.unit.db.make_stored
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from app.domain.calls import Span, Track
from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from app.domain.ratings import Answer, ItemRef
from app.domain.segments import Layer, Segment
from app.services import calls, commenting, layers, raters, rating, rubrics
from app.services.workspace import Workspace
from db.opening import backup

TARGET = Path(__file__).parents[2] / "data" / "schema0001.db"


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    ws = Workspace.open(folder / "ws")
    ann, lee = raters.sign_in(ws, "Ann", "reviewer"), raters.sign_in(ws, "Lee", "lead")
    level = [{"value": v, "anchor": str(v)} for v in range(3)]
    body = {
        "key": "stored",
        "title": "Stored rubric",
        "criteria": [{"key": "k", "title": "K", "question": "?", "scope": "call", "levels": level}],
    }
    rubric = rubrics.add_rubric(ws, rubrics.rubric_of(body))
    track = Track(
        id=new_id(), role="mix", audio_sha256="a", channel_index=0, rate_hz=8000, frame_count=8000
    )
    new = NewCall(
        title="Stored call",
        rate_hz=8000,
        frame_count=8000,
        channel_map="mono",
        tracks=(track,),
        blobs=(AudioBlob(sha256="a", ext=".wav", size_bytes=1),),
        source_path="stored.wav",
        content_sha256="a",
    )
    with ws.db.machine() as uow:
        call_id = calls.add_call(uow, new)
    layer = Layer(
        id=new_id(),
        call_id=call_id,
        kind="speech",
        origin="detector",
        name="d",
        producer="d",
        version=1,
    )
    layers.add_layer(ws, layer, [Segment(id="s", speaker="caller", span=Span(0, 800))])
    layers.edit(
        ws,
        ann,
        call_id,
        "move",
        {"segment_id": "s", "start": 10, "end": 810},
        base_layer_id=layer.id,
    )
    item = ItemRef(kind="call", call_id=call_id, span=Span(0, 8000))
    rating.draft(ws, ann, item, rubric.criteria[0].id, Answer(status="observed", value=2))
    rating.submit(ws, ann, call_id, rubric.id)
    rating.reveal(ws, lee, call_id, rubric.id)
    commenting.add(ws, ann, call_id, start=5, body="kept")
    with ws.db.human() as uow:
        run = uow.connection.exec_driver_sql
        run(
            "INSERT INTO assignment (id, call_id, rater_id, policy, reason, inclusion_prob, seed, "
            "drawn_at) VALUES (?, ?, ?, 'random', 'Random sample', 0.25, 1, ?)",
            (new_id(), call_id, ann.rater_id, utc_now()),
        )
        run(
            "INSERT INTO judge_version (id, provider, model, prompt_sha256, created_at) "
            "VALUES (?, 'none', 'none', 'x', ?)",
            (new_id(), utc_now()),
        )
    saved = backup(ws.path / "workbench.db", ws.backup_dir, "stored")
    ws.close()
    TARGET.parent.mkdir(exist_ok=True)
    shutil.copy(saved, TARGET)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
