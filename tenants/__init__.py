"""The landlord: tenants, domains, plans, activations and sign-ups, all in the public schema."""
