"""An agent behind Pipecat's WebSocket transport: frames as Protocol Buffers, RTVI within."""
