"""Settings, URLs, the embedded PostgreSQL, health pages, the demo."""
