"""Every look at this module's data. Who may see what is decided here, once, for all surfaces."""

from .articles import (
    ArticlePage,
    articles,
    count_published,
    edited_page,
    feed,
    get_article,
    get_managed,
    get_published,
    get_reviewed,
    has_articles,
    home_card,
    is_managed,
    managed,
    may_read_files_of,
    readable,
    receipt_of,
    search,
    settings,
    visible_articles,
)
from .columns import columns, columns_with_counts, get_column
from .history import compared, get_version, history, previous_of, versions
from .readers import guests, outstanding_users, readers, reading_figures, recipients, reminders

__all__ = [
    "ArticlePage", "articles", "columns", "columns_with_counts", "compared", "count_published", "edited_page", "feed",
    "get_article", "get_column", "get_managed", "get_published", "get_reviewed", "get_version", "guests", "has_articles", "history", "home_card",
    "is_managed", "managed", "may_read_files_of", "outstanding_users", "previous_of", "readable", "readers",
    "reading_figures", "receipt_of", "recipients", "reminders", "search", "settings", "versions", "visible_articles",
]  # fmt: skip
