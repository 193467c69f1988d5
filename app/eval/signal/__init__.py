"""Signal, speech quality and prosody of each channel."""
