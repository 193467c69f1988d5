"""Pan and zoom over one hour of stereo 48 kHz: time of a frame, ours against pyqtgraph's own.

A frame is a full repaint of two channels, 1600 × 600 pixels, offscreen: reading peaks or samples,
pixels, and the blit. pyqtgraph draws the same samples with downsampling 'peak' and clipping to the
view, set as its manual says. The timing view is the product's own widget with all its lanes, every
frame painted anew (in use it shifts what it has). Each method runs in a process of its own, all in
one run; ours runs before and after, and the worse of the two counts.

    .venv/bin/python bench/bench_frames.py [--minutes 60]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from app.ui.timeline.marks import LaneData

WIDTH, HEIGHT, RATE_HZ = 1600, 600, 48_000
WINDOWS_S = (3600.0, 600.0, 60.0, 8.0, 5.0, 0.5, 0.02, 0.005)
P95_GOAL_MS, RATIO_GOAL = 8.0, 10.0

Frame = Callable[[float, float], None]


def ours(path: Path) -> Frame:
    """Our pyramid and rasteriser in a plain widget; returns frame(start_s, seconds)."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QPainter, QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    from app.audio.store import AudioStore
    from app.domain.work import Quiet
    from app.ui.timeline import raster

    audio = AudioStore(path.parent / "cache").open(Quiet(), path, path.name, immutable=True)
    colours = [
        raster.WaveColours(0xFF0A0C0E, 0xFF24292E, dim, full)
        for dim, full in ((0xFF2D4C70, 0xFF5F9FEA), (0xFF6A4520, 0xFFF29A3F))
    ]

    class View(QWidget):
        start, per_px = 0.0, 1.0
        painted = 0

        def paintEvent(self, _event: QPaintEvent) -> None:
            painter = QPainter(self)
            for channel, canvas in enumerate(canvases):
                canvas.resize(WIDTH, HEIGHT // 2)
                wave = raster.wave_of(audio.peaks, channel, self.start, self.per_px, WIDTH)
                raster.waveform(wave, HEIGHT // 2, colours[channel], out=canvas.pixels)
                painter.drawImage(0, channel * HEIGHT // 2, canvas.image)
            painter.end()
            self.painted += 1

    canvases = [raster.Canvas(), raster.Canvas()]
    view = View()
    view.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    view.resize(WIDTH, HEIGHT)
    view.show()
    QApplication.processEvents()  # noqa: TID251

    def frame(start_s: float, seconds: float) -> None:
        before = view.painted
        view.start, view.per_px = start_s * RATE_HZ, seconds * RATE_HZ / WIDTH
        view.repaint()
        assert view.painted == before + 1, "nothing was painted"

    return frame


def widget(path: Path) -> Frame:
    """The timing view's own canvas: ruler, two waveforms, turns, responses, overlaps."""
    from PySide6.QtWidgets import QApplication

    from app.audio.store import AudioStore
    from app.domain.calls import Span
    from app.domain.work import Quiet
    from app.ui.theme import Theme
    from app.ui.timeline import raster
    from app.ui.timeline.canvas import Canvas
    from app.ui.timeline.lane import Scene
    from app.ui.timeline.response_lane import ResponseLane
    from app.ui.timeline.ruler import Ruler
    from app.ui.timeline.strip_lanes import OverlapLane
    from app.ui.timeline.turn_lane import TurnLane
    from app.ui.timeline.viewport import Viewport
    from app.ui.timeline.wave_lane import WaveLane

    audio = AudioStore(path.parent / "cache").open(Quiet(), path, path.name, immutable=True)
    channels = {"caller": audio.peaks.only(0), "agent": audio.peaks.only(1)}

    class Source:
        def wave(self, role: str, start: float, per_px: float, n_px: int) -> raster.Wave:
            return raster.wave_of(channels[role], 0, start, per_px, n_px)

    view = Viewport(RATE_HZ, len(audio.samples), WIDTH)
    scene = Scene(Theme("dark"), view)
    scene.data = lanes_of(len(audio.samples))
    waves = [WaveLane(scene, "caller"), WaveLane(scene, "agent")]
    for lane in waves:
        lane.source = Source()
    canvas = Canvas(scene)
    turns = [TurnLane(scene, "caller"), TurnLane(scene, "agent")]
    canvas.set_lanes([Ruler(scene), *waves, *turns, ResponseLane(scene), OverlapLane(scene)])
    canvas.resize(WIDTH, canvas.height())
    canvas.show()
    QApplication.processEvents()  # noqa: TID251

    def frame(start_s: float, seconds: float) -> None:
        view.show(Span(round(start_s * RATE_HZ), round((start_s + seconds) * RATE_HZ)), margin=0)
        canvas.refresh()
        before = canvas.painted_columns
        canvas.repaint()
        assert canvas.painted_columns == before + WIDTH, "the picture was not painted anew"

    return frame


def lanes_of(frame_count: int) -> LaneData:
    """Turns and words of a busy call: one of three seconds every three and a half."""
    from app.domain.calls import Span
    from app.domain.segments import Layer, Segment, Word
    from app.domain.turn_rules import derive
    from app.ui.timeline.marks import lane_data

    segments, spoken = [], []
    for i, start in enumerate(range(0, frame_count - 4 * RATE_HZ, 7 * RATE_HZ // 2)):
        speaker = "agent" if i % 2 == 0 else "caller"
        span = Span(start, start + 3 * RATE_HZ)
        segments.append(Segment(id=f"s{i}", speaker=speaker, span=span))
        third = RATE_HZ // 3
        words = tuple(
            Word(text=f"word{k}", span=Span(start + k * third, start + (k + 1) * third))
            for k in range(9)
        )
        text = " ".join(word.text for word in words)
        spoken.append(Segment(id=f"t{i}", speaker=speaker, span=span, text=text, words=words))
    layer = Layer(
        id="l", call_id="c", kind="speech", origin="detector", name="", producer="", version=1
    )
    turns = derive(segments, spoken, layer=layer, rate_hz=RATE_HZ, frame_count=frame_count)
    return lane_data(turns, segments, spoken)


def theirs(path: Path) -> Frame:
    """pyqtgraph's PlotDataItem with automatic peak downsampling."""
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication

    from app.audio.store import map_original

    mapped = map_original(path)
    assert mapped is not None
    samples = mapped[0]
    pg.setConfigOptions(antialias=False)
    window = pg.GraphicsLayoutWidget()
    window.resize(WIDTH, HEIGHT)
    plots = [window.addPlot(row=channel, col=0) for channel in range(2)]
    plots[1].setXLink(plots[0])
    times = np.arange(len(samples)) / RATE_HZ
    for channel, plot in enumerate(plots):
        plot.enableAutoRange(False, False)
        plot.setYRange(-32768, 32767)
        plot.setDownsampling(auto=True, mode="peak")
        plot.setClipToView(True)
        curve = pg.PlotDataItem(skipFiniteCheck=True)
        plot.addItem(curve)
        plot.setXRange(0, times[-1], padding=0)
        curve.setData(times, np.ascontiguousarray(samples[:, channel]))
    window.show()
    QApplication.processEvents()  # noqa: TID251

    def frame(start_s: float, seconds: float) -> None:
        plots[0].setXRange(start_s, start_s + seconds, padding=0)
        QApplication.processEvents()  # noqa: TID251
        window.viewport().repaint()

    return frame


def measure(frame: Frame, minutes: int, frames: int) -> dict[str, tuple[float, float, float]]:
    """(median, 95th percentile, processor time at that percentile) in ms of panning."""
    total = minutes * 60.0
    out = {}
    for seconds in WINDOWS_S:
        width = min(seconds, total)
        frame(0.0, width)
        took, busy = [], []
        for i in range(frames):
            start_s = (total - width) * i / frames + (0.013 * i if width < total else 0)
            zoom = 1.0 if width < total else 1 - i / 1000
            start, cpu = time.perf_counter(), time.process_time()
            frame(start_s, width * zoom)
            took.append(1000 * (time.perf_counter() - start))
            busy.append(1000 * (time.process_time() - cpu))
        out[f"{seconds:g}"] = (
            float(np.median(took)),
            float(np.percentile(took, 95)),
            float(np.percentile(busy, 95)),
        )
    return out


def child(method: str, path: Path, minutes: int, frames: int) -> None:
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    frame = {"ours": ours, "view": widget, "pyqtgraph": theirs}[method](path)
    print(json.dumps(measure(frame, minutes, frames)), flush=True)
    del app
    os._exit(0)  # neither library's teardown is measured


def run(
    method: str, path: Path, minutes: int, frames: int
) -> dict[str, tuple[float, float, float]]:
    command = [sys.executable, __file__, "--child", method, str(path)]
    command += ["--minutes", str(minutes), "--frames", str(frames)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--child", nargs=2, metavar=("METHOD", "FILE"))
    args = parser.parse_args()
    if args.child:
        child(args.child[0], Path(args.child[1]), args.minutes, args.frames)
    from bench.long_call import make

    wav, _ = make(args.minutes)
    first = run("ours", wav, args.minutes, args.frames)
    reference = run("pyqtgraph", wav, args.minutes, 12)
    second = run("ours", wav, args.minutes, args.frames)
    whole = run("view", wav, args.minutes, args.frames)
    met = True
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; times in ms")
    print("window s   ours median   p95   p95 cpu   pyqtgraph median   ratio   timing view   p95")
    for key, (their_median, *_) in reference.items():
        median, p95, cpu = (max(a, b) for a, b in zip(first[key], second[key], strict=True))
        ratio = their_median / median
        met &= max(p95, whole[key][1]) <= P95_GOAL_MS
        if key == f"{WINDOWS_S[0]:g}":
            met &= ratio >= RATIO_GOAL
        print(
            f"{key:>8}   {median:11.2f} {p95:5.1f}   {cpu:7.1f}   {their_median:16.1f}   "
            f"{ratio:5.1f}   {whole[key][0]:11.2f} {whole[key][1]:5.1f}"
        )
    print(
        f"goals: p95 <= {P95_GOAL_MS:g} ms at every zoom, ratio >= {RATIO_GOAL:g} at the whole "
        f"hour: {'met' if met else 'NOT met'}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
