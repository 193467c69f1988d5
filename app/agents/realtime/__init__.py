"""The OpenAI Realtime protocol over WebSocket: GA, and older servers through a table of names."""
