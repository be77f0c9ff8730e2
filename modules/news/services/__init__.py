"""Every change of articles and columns. Atomic, audited, and told to others through events."""

from .articles import (
    ATTACHMENT_COUNT,
    BODY_LENGTH,
    ArticleFields,
    create_article,
    delete_draft,
    mark_read,
    owner_of,
    publish_article,
    update_article,
    withdraw_article,
)
from .columns import create_column, delete_column, prepare_columns, update_column

__all__ = [
    "ATTACHMENT_COUNT",
    "BODY_LENGTH",
    "ArticleFields",
    "create_article",
    "create_column",
    "delete_column",
    "delete_draft",
    "mark_read",
    "owner_of",
    "prepare_columns",
    "publish_article",
    "update_article",
    "update_column",
    "withdraw_article",
]
