"""An agent behind Twilio Media Streams: we play Twilio, whom it waits for."""
