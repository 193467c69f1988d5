"""Catalogue of EVA's diagnostic metrics that need no model."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.metrics import MetricSpec
from app.eval.eva.specs import eva_spec

SPEED, TOOLS, AUTH = "response_speed", "tool_call_validity", "authentication_success"
END, FINISH, TIMELY = (
    "conversation_valid_end",
    "conversation_correctly_finished",
    "conversation_completed_on_time",
)

VERSIONS: Mapping[str, str] = {
    SPEED: "0.2",
    TOOLS: "0.1",
    AUTH: "0.1",
    END: "0.1",
    FINISH: "0.1",
    TIMELY: "0.1",
}

EXECUTOR_ERRORS = ("tool_not_found", "function_not_found", "execution_error", "invalid_parameter")
"""Errors of whatever runs the tools."""
FIELD_ERRORS = (
    "invalid_rebooking_type",
    "invalid_fare_class",
    "invalid_meal_type",
    "invalid_credit_reason",
    "invalid_voucher_reason",
    "invalid_refund_type",
    "invalid_seat_preference",
    "invalid_cancellation_reason",
    "invalid_confirmation_number_format",
    "invalid_flight_number_format",
    "invalid_date_format",
    "invalid_journey_id_format",
    "invalid_passenger_id_format",
    "invalid_airport_code_format",
    "invalid_bag_count",
)
"""Errors of a field's form. EVA knows those of its airline domain alone."""
CALL_ERRORS = (*EXECUTOR_ERRORS, *FIELD_ERRORS)


def profile(metric_id: str) -> str:
    """`eva-0.2` of `response_speed` and of its parts."""
    return f"eva-{VERSIONS[metric_id.split('.', maxsplit=1)[0]]}"


_SPEED_PARTS = (
    ("max", "Slowest reply", "Of the turns that count."),
    ("with_tool_calls", "Mean reply latency with tools", "Of turns in which a tool was called."),
    ("no_tool_calls", "Mean reply latency without tools", "Of turns in which none was called."),
    ("llm_latency", "Language model, mean", "As the run's result.json has it."),
    ("stt_latency", "Recogniser, mean", "As the run's result.json has it."),
    ("tts_latency", "Synthesiser, mean", "As the run's result.json has it."),
)

RESPONSE_SPEED: tuple[MetricSpec, ...] = (
    eva_spec(
        SPEED,
        "Response speed (EVA)",
        "down",
        "Mean of the reply latencies between 0 and 1000 s; turns begun early are left out.",
        evaluator="eva.response_speed",
        version=VERSIONS[SPEED],
        unit="s",
        headline=True,
    ),
    *(
        eva_spec(
            f"{SPEED}.{name}",
            title,
            "down",
            about,
            evaluator="eva.response_speed",
            version=VERSIONS[SPEED],
            unit="s",
        )
        for name, title, about in _SPEED_PARTS
    ),
)

TOOL_CALL_VALIDITY: tuple[MetricSpec, ...] = (
    eva_spec(
        TOOLS,
        "Tool call validity (EVA)",
        "up",
        "Share of tool answers that do not blame the call's form; 1 if no tool was called.",
        evaluator="eva.tool_call_validity",
        version=VERSIONS[TOOLS],
    ),
    eva_spec(
        f"{TOOLS}.num_tool_calls",
        "Tool calls",
        "none",
        "Tools that answered.",
        evaluator="eva.tool_call_validity",
        version=VERSIONS[TOOLS],
        decimals=0,
    ),
    *(
        eva_spec(
            f"{TOOLS}.{error}_rate",
            f"Calls with {error.replace('_', ' ')}",
            "down",
            "Of the tools that answered.",
            evaluator="eva.tool_call_validity",
            version=VERSIONS[TOOLS],
        )
        for error in CALL_ERRORS
    ),
)

AUTHENTICATION: tuple[MetricSpec, ...] = (
    eva_spec(
        AUTH,
        "Authentication (EVA)",
        "up",
        "1 if the session at the end holds all that the scenario expects of it.",
        evaluator="eva.authentication_success",
        version=VERSIONS[AUTH],
        decimals=0,
    ),
    eva_spec(
        f"{AUTH}.auth_first_try_success",
        "Authenticated at the first try",
        "up",
        "1 if each authenticating tool was called once; only of calls that succeeded.",
        evaluator="eva.authentication_success",
        version=VERSIONS[AUTH],
        decimals=0,
    ),
    eva_spec(
        f"{AUTH}.num_auth_calls",
        "Calls for each authenticating tool",
        "down",
        "Only of calls that succeeded.",
        evaluator="eva.authentication_success",
        version=VERSIONS[AUTH],
    ),
    eva_spec(
        f"{AUTH}.authentication_success_rate",
        "Authenticating tools a call of one",
        "up",
        "Distinct authenticating tools by calls of them; 1 if each succeeded at once.",
        evaluator="eva.authentication_success",
        version=VERSIONS[AUTH],
    ),
    eva_spec(
        f"{AUTH}.num_auth_calls_on_failure",
        "The same where it failed",
        "none",
        "Calls for each authenticating tool, of calls that did not succeed.",
        evaluator="eva.authentication_success",
        version=VERSIONS[AUTH],
    ),
)

VALID_END: tuple[MetricSpec, ...] = (
    eva_spec(
        END,
        "Valid end (EVA)",
        "up",
        "1 if the call ended with a goodbye, or in silence after the caller had spoken last.",
        evaluator="eva.conversation_valid_end",
        version=VERSIONS[END],
        decimals=0,
    ),
)
FINISHED: tuple[MetricSpec, ...] = (
    eva_spec(
        FINISH,
        "Correctly finished (EVA)",
        "up",
        "0 if the session timed out in silence after the caller had spoken last.",
        evaluator="eva.conversation_correctly_finished",
        version=VERSIONS[FINISH],
        decimals=0,
    ),
)
ON_TIME: tuple[MetricSpec, ...] = (
    eva_spec(
        TIMELY,
        "Completed on time (EVA)",
        "up",
        "0 if the call ran into its time limit.",
        evaluator="eva.conversation_completed_on_time",
        version=VERSIONS[TIMELY],
        decimals=0,
    ),
)
