"""Refusals of exports."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Gone, NotFound


class ExportUnknown(NotFound):
    code = "export_unknown"
    message = _("没有找到这次导出。")


class ExportRunning(Conflict):
    code = "export_running"
    message = _("另一份名册正在导出，请等它完成后再试。")


class ExportNotReady(Conflict):
    code = "export_not_ready"
    message = _("这份名册还没有生成好。")


class ExportOver(Conflict):
    code = "export_over"
    message = _("这次导出已经结束，不能取消。")


class ExportExpired(Gone):
    code = "export_expired"
    message = _("这份名册已过期或已取消，文件已删除，请重新导出。")
