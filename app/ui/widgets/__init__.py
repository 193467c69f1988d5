"""Small shared parts: buttons, key caps, labels, speaker squares. No services, no screens."""
