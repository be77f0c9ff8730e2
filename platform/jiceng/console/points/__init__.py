"""Points in the console: the ledger, appeals and flags, rules."""
