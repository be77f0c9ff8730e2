"""Points: an append-only ledger fed by the events that manifests' rules name. Off until a tenant switches it on."""
