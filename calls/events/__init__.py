"""What the voice platform tells us of calls: stored, answered, worked on, forgotten."""
