"""What 新闻聚焦 and 党员特色 add to the platform. Each part is declared in a file of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, Workflow, WorkflowStep, joined, setting

from . import activities, assessments, contributions, documents, editorial, lessons, voices
from .words import PUBLISH, READ, REVIEW

__all__ = ["MANIFEST", "PUBLISH", "READ", "NewsSettings"]


@dataclass(frozen=True)
class NewsSettings:
    show_read_count: bool = setting(True, label=_("显示阅读人数"), help=_("在手机文章页显示已读人数。"))
    articles_per_page: int = setting(10, label=_("每页文章数"), minimum=5, maximum=50)
    comments_need_approval: bool = setting(
        True, label=_("评论先审后发"), help=_("关闭后，评论发表即显示，事后仍可隐藏。")
    )
    sensitive_words: tuple[str, ...] = setting(
        (), label=_("敏感词"), help=_("每行一个。含有这些词的文章不能送审或发布，评论和投稿不能提交。"), max_length=40
    )
    reminders_per_article: int = setting(3, label=_("每篇文章最多提醒次数"), minimum=1, maximum=10)


BASE = Manifest(
    code="news",
    name=_("新闻聚焦"),
    category="core",
    summary=_("发布要闻、文件、通知和考核任务，展示微党课、成果和案例；谁读过、谁签收，一目了然。"),
    audiences=("party", "union", "league", "women", "masses"),
    service_types=("information",),
    icon="newspaper",
    workflows=(
        Workflow(
            code="news.publish",
            label=_("文章审核"),
            steps=(WorkflowStep("review", _("审核"), REVIEW, days=2),),
            summary="modules.news.services.reviewing.summary_of",
            decided="modules.news.services.reviewing.decide",
            withdrawn="modules.news.services.reviewing.take_back",
        ),
    ),
    settings=NewsSettings,
    prepare="modules.news.services.prepare_columns",
)  # fmt: skip

MANIFEST = joined(
    BASE,
    editorial.PART,
    documents.PART,
    assessments.PART,
    activities.PART,
    lessons.PART,
    voices.PART,
    contributions.PART,
)
