"""Random secrets of one installation, made at the first start and kept in ``.local/secrets.json`` (mode 0600)."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from pathlib import Path

NAMES = ("secret_key", "master_key", "database_owner_password", "database_app_password", "redis_password")


def load_secrets(path: Path) -> dict[str, str]:
    """Read the secrets, adding those that are missing. The file is replaced as a whole, never half-written."""
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = [name for name in NAMES if not known.get(name)]
    if missing:
        known |= {name: secrets.token_urlsafe(48) for name in missing}
        write_private(path, json.dumps(known, indent=2) + "\n")
    elif path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return known


def write_private(path: Path, content: str) -> None:
    """Replace ``path`` at once by a file that only its owner can read."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(content)
    Path(name).replace(path)
