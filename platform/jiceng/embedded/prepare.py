"""Everything the demonstration's database needs before it serves, in one Django process.

``python -m jiceng.embedded.prepare LOGINS`` creates roles, migrates, stocks spare schemas and seeds; LOGINS is the file
with the logins handed out before, which is rewritten with those of now.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

from .keys import write_private

SPARES = 4  # the three tenants of the demonstration, and one for the first visitor who signs up


def main(logins: Path) -> None:
    """Run the steps in order; the database is left as it was when there is nothing to do."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    application = dict(connection.settings_dict)
    _step("准备数据库角色", lambda: call_command("prepare_database", stdout=io.StringIO()))
    _step("迁移数据结构", lambda: call_command("upgrade", stdout=io.StringIO()))
    _step("准备租户空间", lambda: call_command("provisioner", once=True, spares=SPARES, stdout=io.StringIO()))
    # The commands above work with the owner's login; what follows works with the application's.
    connection.close()
    connection.settings_dict.update(application)
    answer = io.StringIO()
    _step("写入演示数据", lambda: call_command("seed_demo", known=logins, stdout=answer))
    write_private(logins, answer.getvalue())


def _step(title: str, work: Callable[[], object]) -> None:
    print(f"  {title}…", flush=True)
    work()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
