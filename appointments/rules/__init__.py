"""Pure rules: periods, phases, hours. No database, no clock."""
