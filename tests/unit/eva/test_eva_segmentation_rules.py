"""Rules of turn segmentation that EVA's own histories do not reach, one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import Speaker
from app.domain.eva_record import Pipeline, ProcessedRecord
from app.eval.eva.events import Event
from app.eval.eva.processor import process
from app.eval.eva.segment_agent import STOCK_ERROR


@dataclass
class Script:
    """Events a second apart, in the order in which they are told."""

    pipeline: Pipeline = "cascade"
    events: list[Event] = field(default_factory=list)

    def _add(self, **event: Any) -> Script:
        self.events.append(Event(at_ms=1000 * (len(self.events) + 1), **event))
        return self

    def starts(self, who: Speaker) -> Script:
        at = len(self.events) + 1.0
        return self._add(source="caller", kind="audio_start", speaker=who, audio_s=at)

    def ends(self, who: Speaker) -> Script:
        at = len(self.events) + 1.0
        return self._add(source="caller", kind="audio_end", speaker=who, audio_s=at)

    def means(self, text: str) -> Script:
        return self._add(source="caller", kind="user_speech", text=text)

    def hears_agent(self, text: str) -> Script:
        return self._add(source="caller", kind="assistant_speech", text=text)

    def agent_hears(self, text: str) -> Script:
        return self._add(source="audit", kind="user", text=text)

    def plans(self, text: str) -> Script:
        return self._add(source="audit", kind="assistant", text=text)

    def says(self, text: str) -> Script:
        return self._add(source="framework", kind="tts_text", text=text)

    def tool(self) -> Script:
        return self._add(source="audit", kind="tool_call", tool="get", payload={})

    def record(self) -> ProcessedRecord:
        return process(self.events, self.pipeline)


def greeted(pipeline: Pipeline = "cascade") -> Script:
    """The agent has greeted; the caller's first audio will be turn 1."""
    script = Script(pipeline).starts("agent").says("Hello.").hears_agent("Hello.")
    return script.ends("agent")


def caller_says(script: Script, text: str) -> Script:
    return script.starts("caller").means(text).ends("caller")


def test_recognised_text_that_comes_late_after_the_agent_cut_in_stays_in_its_turn() -> None:
    script = greeted().starts("caller").means("one two").starts("agent").says("Wait.")
    script.ends("caller").agent_hears("one").agent_hears("two")
    record = script.record()
    assert record.agent_interrupts == {1}
    assert record.heard_caller == {1: "one [assistant interrupts] two"}


def test_a_speaking_model_s_own_transcript_begins_a_turn_even_so() -> None:
    script = greeted("s2s").starts("caller").means("one").starts("agent").hears_agent("Wait.")
    record = script.ends("caller").agent_hears("two").record()
    assert record.heard_caller[2] == "two"


def test_after_a_tool_call_cutting_in_holds_no_turn() -> None:
    script = greeted().starts("caller").means("one").agent_hears("one").tool()
    script.starts("agent").says("Found it.").ends("caller").agent_hears("two")
    record = script.record()
    assert record.agent_interrupts == {1}
    assert record.heard_caller == {1: "one", 2: "two"}


def test_text_recognised_while_the_caller_still_speaks_is_no_new_turn() -> None:
    script = greeted().starts("caller").means("one two").says("Hm.").agent_hears("one")
    record = script.ends("caller").record()
    assert record.heard_caller == {1: "one"}


def test_a_speaking_model_has_spoken_as_soon_as_its_audio_begins() -> None:
    script = Script("s2s").starts("agent").ends("agent")
    record = caller_says(script, "Hi.").hears_agent("Hello.").record()
    assert record.intended_caller == {1: "Hi."}
    assert record.heard_agent == {0: "Hello."}


def test_caller_text_that_waits_for_its_audio_is_not_taken_twice() -> None:
    script = greeted().means("Hi.").starts("caller").means("Hi.").means("More.").ends("caller")
    assert script.record().intended_caller == {
        1: "Hi. [speaker likely cut itself off] More.",
    }


def test_each_piece_of_a_caller_who_cut_in_is_marked_where_the_model_hears_the_sound() -> None:
    script = caller_says(greeted("audio_llm"), "one").starts("agent").says("Well,")
    script.starts("caller").means("Stop.").means("Now.").ends("caller")
    record = script.record()
    assert record.caller_interrupts == {2}
    spoken = [r.text for r in record.trace if r.turn == 2]
    assert spoken == ["[user interrupts] [user interrupts] Stop. [user interrupts] Now."]
    assert record.intended_caller[2].startswith("[user interrupts] Stop.")
    assert record.intended_agent[1] == "Well, [likely cut off by user]"


def test_a_caller_whose_text_was_recognised_before_their_audio_is_marked_afterwards() -> None:
    script = caller_says(greeted(), "one").agent_hears("one").starts("agent").says("Well, then.")
    script.agent_hears("Stop.").starts("caller").means("Stop.").ends("caller").ends("agent")
    record = script.record()
    assert record.caller_interrupts == {2}
    assert [r.text for r in record.trace if r.turn == 2] == ["[user interrupts] Stop."]


def test_how_pieces_of_the_agent_s_text_are_joined() -> None:
    asked = caller_says(greeted(), "one").agent_hears("one").says("Let me see.").tool()
    record = caller_says(asked.says("Found."), "Bye.").record()
    assert record.intended_agent[1] == "Let me see. [pause] Found."
    plain = caller_says(greeted(), "one").says("Let me see.").says("Found.")
    record = caller_says(plain, "Bye.").record()
    assert record.intended_agent[1] == "Let me see. [speaker likely cut itself off] Found."
    heard = caller_says(greeted(), "one").starts("agent").hears_agent("Let me.").hears_agent("So.")
    record = caller_says(heard.ends("agent"), "Bye.").record()
    assert record.heard_agent[1] == "Let me. [likely interruption] So."


def test_an_error_that_the_pipeline_speaks_is_in_the_trace_though_in_no_audit_log() -> None:
    script = caller_says(greeted(), "one").agent_hears("one").says(STOCK_ERROR).tool()
    record = caller_says(script, "Bye.").record()
    told = [(r.speaker, r.kind, r.text) for r in record.trace if r.turn == 1]
    assert told[1:] == [("agent", "intended", STOCK_ERROR), (None, "tool_call", "")]


def test_two_empty_bursts_are_one_turn_with_the_words_that_follow() -> None:
    script = greeted().starts("caller").ends("caller").starts("caller").ends("caller")
    record = caller_says(script, "Hi.").record()
    assert record.intended_caller == {1: "Hi."}
    assert len(record.caller_audio[1] or ()) == 3


def test_an_answer_of_which_nothing_was_spoken_is_not_in_the_trace() -> None:
    script = caller_says(greeted(), "one").agent_hears("one").plans("Nobody ever heard this one.")
    script.plans("This one was spoken to the end.").says("This one was spoken to the end.")
    texts = [r.text for r in script.record().trace if r.turn == 1 and r.speaker == "agent"]
    assert texts == ["This one was spoken to the end. [speaker likely cut itself off]"]


def test_an_empty_history_is_an_empty_record() -> None:
    record = process([])
    assert record.trace == ()
    assert record.latency_s == {}
    assert record.spoke_last is None
