"""The domain: companies, branches, staff, services, customers, appointments and the ledger.

Knows no HTTP, no calendar vendor and no voice platform (import-linter keeps it so).
"""
