"""Fields of other systems' payloads that are understood, or known to hold nothing for a call.

What is not listed is kept in the document and named as unknown. Sources: Vapi server SDK 3.0,
Retell SDK 6.2, ElevenLabs SDK 2.78, Twilio helper library 9.13, LiveKit agents 1.8, pipecat-ai
1.14, LangWatch scenario (2026), Full-Duplex-Bench d7336bd.
"""

from __future__ import annotations

VAPI_CALL = frozenset(
    "analysis artifact artifactPlan assistant assistantId assistantOverrides call campaignId "
    "compliance cost costBreakdown costs createdAt customer customerId destination durationMs "
    "durationMinutes durationSeconds endedAt endedMessage endedReason id messages monitor name "
    "orgId phoneCallProvider phoneCallProviderId phoneCallTransport phoneNumber phoneNumberId "
    "recordingUrl schedulePlan squad squadId squadOverrides startedAt status stereoRecordingUrl "
    "subscriptionLimits summary timestamp transcript transport type updatedAt webCallUrl workflow "
    "workflowId workflowOverrides".split()
)
VAPI_ARTIFACT = frozenset(
    "assistantActivations logUrl messages messagesOpenAIFormatted nodes pcapUrl "
    "performanceMetrics presignedAssistantUrl presignedCustomerUrl presignedLogUrl "
    "presignedMonoUrl presignedPcapUrl presignedStereoUrl presignedUrlsExpiresAt "
    "presignedVideoUrl recording recordingUrl scorecards skippedStructuredOutputs "
    "stereoRecordingUrl structuredOutputs structuredOutputsLastUpdatedAt transcript transfers "
    "variableValues variables videoRecordingStartDelaySeconds videoRecordingUrl".split()
)
VAPI_MESSAGE = frozenset(
    "assistantId assistantName confidence confidenceSource detectedThreats duration endTime "
    "isFiltered message metadata name originalMessage result role secondsFromStart source "
    "speakerLabel time toolCallId toolCalls warnings".split()
)
RETELL_CALL = frozenset(
    "access_token agent_id agent_name agent_tag agent_version call_analysis call_cost call_id "
    "call_status call_type collected_dynamic_variables custom_attributes custom_sip_headers "
    "data_storage_setting direction disconnection_reason duration_ms end_timestamp from_number "
    "knowledge_base_retrieved_contents_url latency llm_token_usage metadata opt_in_signed_url "
    "opt_out_sensitive_data_storage public_log_url recording_multi_channel_url recording_url "
    "retell_llm_dynamic_variables scrubbed_recording_multi_channel_url scrubbed_recording_url "
    "scrubbed_transcript_with_tool_calls start_timestamp telephony_identifier to_number "
    "transcript transcript_object transcript_with_tool_calls transfer_destination "
    "transfer_end_timestamp".split()
)
RETELL_ENTRY = frozenset(
    "arguments content digit former_node_id former_node_name metadata multimedia name "
    "new_node_id new_node_name role successful thought_signature time_sec tool_call_id "
    "transition_type words".split()
)
ELEVENLABS_CALL = frozenset(
    "agent_id agent_name analysis branch_id conversation_id conversation_initiation_client_data "
    "environment has_audio has_response_audio has_user_audio main_branch_name metadata status "
    "transcript user_id version_id".split()
)
ELEVENLABS_TURN = frozenset(
    "agent_metadata conversation_turn_metrics created_at_unix_ms feedback file_input interrupted "
    "llm_override llm_usage message multivoice_message original_message rag_retrieval_info role "
    "source_medium time_in_call_secs tool_calls tool_results".split()
)
TWILIO_RECORDING = frozenset(
    "account_sid api_version call_sid channels conference_sid date_created date_updated duration "
    "encryption_details error_code media_url price price_unit sid source start_time status "
    "subresource_uris track uri".split()
)
TWILIO_TRANSCRIPT = frozenset(
    "account_sid channel customer_key data_logging date_created date_updated duration "
    "language_code links media_start_time redaction service_sid sid status url".split()
)
TWILIO_CALL = frozenset(
    "account_sid annotation answered_by api_version caller_name date_created date_updated "
    "direction duration end_time forwarded_from from from_formatted group_sid parent_call_sid "
    "phone_number_sid price price_unit queue_time sid start_time status subresource_uris to "
    "to_formatted trunk_sid uri".split()
)
TWILIO_SENTENCE = frozenset(
    "confidence end_time media_channel sentence_index sid start_time transcript transcript_sid "
    "words".split()
)
LIVEKIT_REPORT = frozenset(
    "agent_name audio_recording_path audio_recording_started_at chat_history duration events "
    "job_id model_usage options outcome_reason recording_options room room_id sdk_version "
    "started_at tags timestamp usage".split()
)
LIVEKIT_ITEM = frozenset(
    "arguments call_id content created_at extra group_id id instructions interrupted is_error "
    "metrics name new_agent_id old_agent_id output role tools_added tools_removed "
    "transcript_confidence type".split()
)
LIVEKIT_METRICS = frozenset(
    "e2e_latency end_of_turn_delay llm_metadata llm_node_tps llm_node_ttfs llm_node_ttft "
    "on_user_turn_completed_delay playback_latency provider_request_ids started_speaking_at "
    "stopped_speaking_at stt_metadata transcription_delay tts_metadata tts_node_ttfb".split()
)
PIPECAT_RESULT = frozenset(
    "artifacts attempt bot duration_ms end_call ended_by error events_seen failures kind messages "
    "metrics name passed reason scenario skipped succeeded turns".split()
)
LANGWATCH_MANIFEST = frozenset("duration events generated_at segment_count segments".split())
LANGWATCH_SEGMENT = frozenset(
    "duration end_time file idx role start_time transcript transcript_truncated".split()
)
LANGWATCH_EVENT = frozenset("args latency metadata name result time type".split())
