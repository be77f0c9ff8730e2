"""Cache keys carry the scope: two tenants asking for one key never meet."""

from .context import require_scope


def scoped_key(key: str, key_prefix: str, version: int) -> str:
    """KEY_FUNCTION of the default cache. Raises ``ScopeMissing`` outside a scope."""
    return f"{key_prefix}:{require_scope().key}:{version}:{key}"
