"""Cal.com: the client, and the line that every request takes."""
