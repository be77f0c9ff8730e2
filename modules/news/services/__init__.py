"""Every change of articles and columns. Atomic, audited, and told to others through events."""

from .articles import create_article, delete_draft, restore_version, update_article
from .assigning import ATTACHMENT_COUNT, BODY_LENGTH, ArticleFields
from .columns import create_column, delete_column, prepare_columns, update_column
from .delivering import deliver_article
from .exporting import export_history, export_readers
from .filing import owner_of
from .publishing import publish_article, publish_scheduled, unschedule_article, withdraw_article
from .reading import confirm, mark_read
from .reminding import remind_unread
from .reviewing import submit_for_review

__all__ = [
    "ATTACHMENT_COUNT",
    "BODY_LENGTH",
    "ArticleFields",
    "confirm",
    "create_article",
    "create_column",
    "delete_column",
    "delete_draft",
    "deliver_article",
    "export_history",
    "export_readers",
    "mark_read",
    "owner_of",
    "prepare_columns",
    "publish_article",
    "publish_scheduled",
    "remind_unread",
    "restore_version",
    "submit_for_review",
    "unschedule_article",
    "update_article",
    "update_column",
    "withdraw_article",
]
