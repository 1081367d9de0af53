"""``python -m config.demo``: a salon to try, from a clean clone to a ringing telephone."""
