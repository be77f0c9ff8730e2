"""The outbox keeps itself small."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, Schedule

MANIFEST = Manifest(
    code="events",
    name=_("事件与后台任务"),
    category="platform",
    summary=_("把功能模块的事件和后台任务可靠地送达，不丢失、不重复。"),
    tasks={"events.remove_finished": "jiceng.events.tasks.remove_finished"},
    schedules=(Schedule(task="events.remove_finished", cron="20 3 * * sun"),),
    icon="send",
    always_on=True,
)
