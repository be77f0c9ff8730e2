"""Reads: rules, the ledger, standings, and what waits for somebody."""
