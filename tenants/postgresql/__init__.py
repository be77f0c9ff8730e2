"""The database backend: role and search path travel with the start of every transaction."""
