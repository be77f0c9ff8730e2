"""The console of a tenant's administrators."""
