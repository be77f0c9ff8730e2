"""Refusals of the registry of units and people."""

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class UnitUnknown(NotFound):
    code = "unit_unknown"
    message = _("没有找到这个组织。")


class UnitNameTaken(Conflict):
    code = "unit_name_taken"
    message = _("同一上级下已有同名组织。")


class UnitCodeTaken(Conflict):
    code = "unit_code_taken"
    message = _("这个机构编码已被其他组织使用。")


class UnitUnderItself(Conflict):
    code = "unit_under_itself"
    message = _("不能把组织移到它自己或它的下级之下。")


class UnitTooDeep(Conflict):
    code = "unit_too_deep"
    message = _("组织层级最多 50 级。")


class UnitNotEmpty(Conflict):
    code = "unit_not_empty"
    message = _("这个组织下还有下级组织、人员或历史记录，不能删除；不再使用的组织请“撤销”。")


class UnitSuccessorNeeded(Conflict):
    code = "unit_successor_needed"
    message = _("这个组织还有人员、下级组织或任职，请选择由哪个组织接收。")


class UnitOtherTree(Conflict):
    code = "unit_other_tree"
    message = _("上下级必须属于同一类组织，党组织、工会、共青团、妇联和行政部门各成一棵树。")


class UnitDissolved(Conflict):
    code = "unit_dissolved"
    message = _("这个组织已经撤销。")


class UnitChanged(Conflict):
    code = "unit_changed"
    message = _("这个组织刚被他人修改，请刷新后重试。")


class KindUnknown(Invalid):
    code = "kind_unknown"
    message = _("请从列表中选择组织类型。")


class KindMissing(NotFound):
    code = "kind_missing"
    message = _("没有找到这个组织类型。")


class KindInUse(Conflict):
    code = "kind_in_use"
    message = _("还有组织属于这个类型，不能停用。")


class KindTaken(Conflict):
    code = "kind_taken"
    message = _("已有同名的组织类型。")


class PostUnknown(NotFound):
    code = "post_unknown"
    message = _("没有找到这项任职。")


class PostEnded(Conflict):
    code = "post_ended"
    message = _("这项任职已经结束，不能修改。")


class PostChanged(Conflict):
    code = "post_changed"
    message = _("这项任职刚被他人修改，请刷新后重试。")


class PostExists(Conflict):
    code = "post_exists"
    message = _("这个人员已担任这一职务。")


class SecretaryTaken(Conflict):
    code = "secretary_taken"
    message = _("这个组织已有在任书记，请先结束原书记的任职。")


class NotInTree(Conflict):
    code = "not_in_tree"
    message = _("这个人员不属于这一类组织，请先为其建立组织关系再任职。")


class TermUnknown(NotFound):
    code = "term_unknown"
    message = _("没有找到这届任期。")


class TermOpen(Conflict):
    code = "term_open"
    message = _("上一届任期还没有结束，请先结束上一届。")


class TermEnded(Conflict):
    code = "term_ended"
    message = _("这届任期已经结束，不能修改。")


class PersonUnknown(NotFound):
    code = "person_unknown"
    message = _("没有找到这个人员。")


class PersonChanged(Conflict):
    """``fields``: what was changed meanwhile."""

    code = "person_changed"
    message = _("这个人员的资料刚被他人修改，请核对后重新提交。")


class PersonGone(Conflict):
    code = "person_gone"
    message = _("这个人员已离开或已合并，不能修改。")


class ChangeUnknown(NotFound):
    code = "change_unknown"
    message = _("没有找到这条变动记录，或已经撤销。")


class ChangeFixed(Conflict):
    code = "change_fixed"
    message = _("录入和合并的记录不能撤销，请直接修改资料。")


class MergeRefused(Conflict):
    """``message`` says why these two cannot become one."""

    code = "merge_refused"
    message = _("这两个人员不能合并。")


class IdNumberTaken(Conflict):
    code = "id_number_taken"
    message = _("这个证件号码已登记在另一名人员名下。")


class EmployeeNumberTaken(Conflict):
    code = "employee_number_taken"
    message = _("这个工号已登记在另一名人员名下。")


class UserLinked(Conflict):
    code = "user_linked"
    message = _("这个登录账号已对应其他人员。")


class PersonLinked(Conflict):
    code = "person_linked"
    message = _("这个人员已有登录账号。")


class MembershipUnknown(NotFound):
    code = "membership_unknown"
    message = _("没有找到这条组织关系。")


class MembershipExists(Conflict):
    code = "membership_exists"
    message = _("这个人员已有同类组织关系，请直接修改。")


class MembershipEnded(Conflict):
    code = "membership_ended"
    message = _("这条组织关系已经结束，不能修改。")


class MembershipChanged(Conflict):
    code = "membership_changed"
    message = _("这条组织关系刚被他人修改，请刷新后重试。")


class TransitionRefused(Conflict):
    code = "transition_refused"
    message = _("不能从当前状态直接变为所选状态。")


class DateRefused(Invalid):
    code = "date_refused"
    message = _("日期先后有误，请检查。")


class TagUnknown(NotFound):
    code = "tag_unknown"
    message = _("没有找到这个标签。")


class TagTaken(Conflict):
    code = "tag_taken"
    message = _("已有同名的标签。")
