"""What the probe declares."""

from jiceng.kernel.manifest import Event, Manifest, Schedule

HANDLERS = "tests.support.probe.handlers"

MANIFEST = Manifest(
    code="probe",
    name="探针",
    category="platform",
    summary="只在测试中存在。",
    emits=(
        Event("probe.thing.happened", {"thing_id": "uuid", "label": "str", "number": "int", "is_good": "bool"}),
        Event("probe.thing.ignored", {}),
    ),
    listens={"probe.thing.happened": (f"{HANDLERS}.count_first", f"{HANDLERS}.count_second")},
    tasks={
        "probe.count": f"{HANDLERS}.count",
        "probe.fail": f"{HANDLERS}.fail",
        "probe.count_then_fail": f"{HANDLERS}.count_then_fail",
        "probe.on_schedule": f"{HANDLERS}.on_schedule",
    },
    schedules=(Schedule("probe.on_schedule", "0 * * * *"),),
    always_on=True,
)
