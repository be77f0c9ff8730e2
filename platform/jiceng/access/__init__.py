"""Who somebody is and what they may do: users, sessions, second factors, invitations, keys, roles, policy."""
