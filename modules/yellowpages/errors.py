"""Refusals of this module. Codes are stable; sentences are for people."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Gone, Invalid, NotFound


class EntryMissing(NotFound):
    code = "yellowpages.entry_not_found"
    message = _("没有找到这条黄页。")


class EntryClosed(Gone):
    code = "yellowpages.entry_closed"
    message = _("这里已经停业。")


class EntryInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "yellowpages.entry_invalid"
    message = _("内容有误，请按提示修改。")


class EntryTaken(Conflict):
    code = "yellowpages.entry_taken"
    message = _("这个类别下已有同名同址的条目。")


class EntryStale(Conflict):
    code = "yellowpages.entry_stale"
    message = _("条目已被他人修改，请刷新后再编辑。")


class CategoryMissing(NotFound):
    code = "yellowpages.category_not_found"
    message = _("没有找到这个类别。")


class CategoryTaken(Conflict):
    code = "yellowpages.category_taken"
    message = _("已有同名的类别。")


class CategoryInUse(Conflict):
    code = "yellowpages.category_in_use"
    message = _("类别里还有条目，不能删除。")


class DayTaken(Conflict):
    code = "yellowpages.day_taken"
    message = _("这一天已经设置过了。")


class DayMissing(NotFound):
    code = "yellowpages.day_not_found"
    message = _("没有找到这一天的设置。")


class CorrectionMissing(NotFound):
    code = "yellowpages.correction_not_found"
    message = _("没有找到这条纠错。")


class CorrectionEmpty(Invalid):
    code = "yellowpages.correction_empty"
    message = _("请至少填写一处需要更正的内容。")


class CorrectionWaiting(Conflict):
    code = "yellowpages.correction_waiting"
    message = _("您对这一条的纠错正在核实，请等待答复。")


class CorrectionAnswered(Conflict):
    code = "yellowpages.correction_answered"
    message = _("这条纠错已经处理过了。")


class TooManyCorrections(Conflict):
    code = "yellowpages.too_many_corrections"
    message = _("您今天提交的纠错太多了，请明天再试。")


class TableInvalid(Invalid):
    code = "yellowpages.table_invalid"
    message = _("表格里有错误，没有导入任何一行。")
