"""Which form belongs to which kind. The one place that names all kinds."""

from __future__ import annotations

from ..models import ColumnKind
from .activities import ActivityDetailsForm
from .assessments import AssessmentDetailsForm
from .contributions import AchievementDetailsForm, CaseDetailsForm
from .details import DetailsForm
from .documents import DocumentDetailsForm
from .lessons import LessonDetailsForm

KIND_FORMS: dict[str, type[DetailsForm]] = {
    ColumnKind.ARTICLE: DetailsForm,
    ColumnKind.DOCUMENT: DocumentDetailsForm,
    ColumnKind.ASSESSMENT: AssessmentDetailsForm,
    ColumnKind.ACTIVITY: ActivityDetailsForm,
    ColumnKind.LESSON: LessonDetailsForm,
    ColumnKind.ACHIEVEMENT: AchievementDetailsForm,
    ColumnKind.CASE: CaseDetailsForm,
}
