"""The public site: what Jiceng is, its modules, help, and sign-up."""
