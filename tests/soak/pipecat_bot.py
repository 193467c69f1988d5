"""A bot on pipecat-ai, of its stock parts but for the three services that work offline.

Runs in an environment of its own: `pip install pipecat-ai[websocket,silero] pocketsphinx`; speaks
through the program espeak-ng.

    python pipecat_bot.py protobuf|twilio PORT
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import SegmentedSTTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.server import (
    SingleClientWebsocketServerParams,
    SingleClientWebsocketServerTransport,
)
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

IN_HZ = 16_000
ESPEAK_HZ = 22_050
REST = (
    "I will now read the terms of the service to you, which takes a while, "
    "so that you can stop me whenever you like, by saying anything at all."
)


class Ears(SegmentedSTTService):
    """PocketSphinx, whose model is in its wheel."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        super().__init__(
            sample_rate=IN_HZ, ttfs_p99_latency=0.5,
            settings=STTSettings(model="en-us", language="en"),
        )  # fmt: skip
        self._decoder = Decoder(samprate=IN_HZ, loglevel="FATAL")

    @property
    def wants_wav_segments(self) -> bool:
        return False

    async def run_stt(self, audio):
        def heard() -> str:
            self._decoder.start_utt()
            self._decoder.process_raw(audio, full_utt=True)
            self._decoder.end_utt()
            found = self._decoder.hyp()
            return found.hypstr if found else "nothing"

        text = await asyncio.to_thread(heard)
        yield TranscriptionFrame(text=text, user_id="", timestamp=time_now_iso8601())


class Echo(FrameProcessor):
    """In place of a language model: says what it heard, then a lot."""

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        said = frame.context.get_messages()[-1]["content"]
        for reply in (
            LLMFullResponseStartFrame(),
            LLMTextFrame(f"You said: {said}. {REST}"),
            LLMFullResponseEndFrame(),
        ):
            await self.push_frame(reply)


class Mouth(TTSService):
    """espeak-ng."""

    def __init__(self) -> None:
        none = TTSSettings(model="espeak", voice="en", language="en")
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=none)

    async def run_tts(self, text, context_id):
        async def sound():
            run = subprocess.run
            done = await asyncio.to_thread(
                run, ["espeak-ng", "--stdout", "-v", "en", text], capture_output=True, check=True
            )
            yield done.stdout[44:]

        async for frame in self._stream_audio_frames_from_iterator(
            sound(), in_sample_rate=ESPEAK_HZ, context_id=context_id
        ):
            yield frame


class TwilioAnyStream(TwilioFrameSerializer):
    """The stock serializer, which learns its stream from the start message."""

    async def deserialize(self, data):
        message = json.loads(data)
        if message.get("event") == "start":
            self._stream_sid = message["start"]["streamSid"]
        return await super().deserialize(data)


async def main(framing: str, port: int) -> None:
    """Serve until killed."""
    out_hz = 8_000 if framing == "twilio" else 24_000
    no_hang_up = TwilioFrameSerializer.InputParams(auto_hang_up=False)
    transport = SingleClientWebsocketServerTransport(
        host="127.0.0.1",
        port=port,
        params=SingleClientWebsocketServerParams(
            serializer=TwilioAnyStream("", params=no_hang_up)
            if framing == "twilio"
            else ProtobufFrameSerializer(),
            audio_in_enabled=True,
            audio_out_enabled=True,
        ),
    )
    turns = LLMContextAggregatorPair(
        LLMContext(),
        user_params=LLMUserAggregatorParams(
            vad_analyzer=SileroVADAnalyzer(params=VADParams(stop_secs=0.3)),
            user_turn_strategies=UserTurnStrategies(
                stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.2)]
            ),
        ),
    )
    parts = [transport.input(), Ears(), turns.user(), Echo(), Mouth()]
    worker = PipelineWorker(
        Pipeline([*parts, transport.output(), turns.assistant()]),
        params=PipelineParams(audio_in_sample_rate=IN_HZ, audio_out_sample_rate=out_hz),
        idle_timeout_secs=None,
    )

    @transport.event_handler("on_client_connected")
    async def greet(_transport, _client) -> None:
        await worker.queue_frames([TTSSpeakFrame("Hello, how can I help you?")])

    runner = WorkerRunner()
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
