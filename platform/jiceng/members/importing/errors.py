"""Refusals of imports."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, DomainError, Invalid, NotFound


class BatchUnknown(NotFound):
    code = "import_unknown"
    message = _("没有找到这次导入。")


class TableUnreadable(Invalid):
    code = "table_unreadable"
    message = _("打不开这个表格，请用 Excel 或 WPS 另存为 .xlsx 后重新上传。")


class TableEmpty(Invalid):
    code = "table_empty"
    message = _("表格里没有数据。")


class HeaderMissing(Invalid):
    code = "header_missing"
    message = _("没有找到表头，请确认表格里有“姓名”这一列。")


class TooManyRows(DomainError):
    code = "too_many_rows"
    status = 413
    message = _("一次最多导入 50000 行，请分成几个文件。")


class TooManyColumns(DomainError):
    code = "too_many_columns"
    status = 413
    message = _("表格最多 100 列，请删去不需要的列。")


class NameUnmapped(Invalid):
    code = "name_unmapped"
    message = _("请指出哪一列是“姓名”。")


class MappingInvalid(Invalid):
    code = "mapping_invalid"
    message = _("列的对应关系有误，请检查。")


class BatchBusy(Conflict):
    code = "import_busy"
    message = _("这次导入正在处理，或已被他人处理，请刷新页面。")


class NotChecked(Conflict):
    code = "import_not_checked"
    message = _("请先检查，确认后再导入。")


class HasErrors(Conflict):
    code = "import_has_errors"
    message = _("还有错误的行。请改正后重新上传，或选择“只导入没有错误的行”。")


class TooManyLeavers(Conflict):
    code = "too_many_leavers"
    message = _("名册中缺少超过两成的在职人员，可能不是完整名册。请核对；确实无误的，勾选确认后重试。")
