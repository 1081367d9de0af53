"""What stands outside: Cal.com, alerts, metrics, notifications."""
