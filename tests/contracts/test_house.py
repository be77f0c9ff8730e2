"""The shape of the house: what may lie where, what may import what, what must be up to date."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template

from jiceng.kernel import checks
from jiceng.kernel.manifest import ApiRoute, Event, Manifest, MenuEntry, Page, Permission, PointsRule, Schedule
from jiceng.kernel.registry import Registry, registry

ROOT = Path(settings.ROOT)
MODULES = sorted(path for path in (ROOT / "modules").iterdir() if path.is_dir() and (path / "__init__.py").exists())
ALLOWED = {
    "__init__", "manifest", "models", "errors", "selectors", "services", "forms", "serializers", "api", "pages",
    "console", "handlers", "tasks",
}  # fmt: skip
ALLOWED_FOLDERS = {"migrations", "templates", "static"}
TEMPLATES = sorted(
    path for root in ("platform", "modules", "tenants") for path in (ROOT / root).rglob("templates/**/*.html")
)


def test_platform_is_a_source_root_and_never_a_package():
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "tests" / "platform").exists()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_module_has_the_one_shape(module):
    files = {path.stem for path in module.glob("*.py")}
    folders = {path.name for path in module.iterdir() if path.is_dir() and path.name != "__pycache__"}
    others = {path.name for path in module.iterdir() if path.is_file() and path.suffix != ".py"}
    assert files - ALLOWED == set()
    assert folders - ALLOWED_FOLDERS - ALLOWED == set()
    assert others - {"README.md"} == set()
    assert {"__init__", "manifest"} <= files | folders
    for kind in ("templates", "static"):
        if (module / kind).exists():
            assert [path.name for path in (module / kind).iterdir()] == [module.name]


def test_every_folder_is_installed_and_nothing_else():
    import modules

    assert sorted(modules.INSTALLED) == [path.name for path in MODULES]


def test_modules_do_not_know_of_tenants():
    found = [str(path) for path in (ROOT / "modules").rglob("*.py") if re.search(r"\btenants?\b", code_of(path))]
    assert found == []


def code_of(path: Path) -> str:
    """Names in the code, without comments and texts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names += [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return " ".join(names)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_manifest_imports_nothing_but_declarations(module):
    allowed = {"__future__", "dataclasses", "django.utils.translation", "jiceng.kernel.manifest"}
    imported = set()
    for path in [*module.glob("manifest.py"), *module.glob("manifest/*.py")]:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        # level 1: the parts of a manifest that is a package
        imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
        imported |= {"above" for node in nodes if isinstance(node, ast.ImportFrom) and node.level > 1}
        imported |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert imported - allowed == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_foreign_keys_of_modules_go_down_and_leave_no_trace(module):
    own = module.name
    for model in apps.get_models():
        if model._meta.app_label != own:
            continue
        for field in model._meta.local_concrete_fields:
            if field.remote_field and field.related_model._meta.app_label != own:
                target = field.related_model._meta.app_label
                assert target not in {path.name for path in MODULES}, f"{field} refers to another module"
                assert field.remote_field.related_name == "+", f"{field} must not leave an accessor on {target}"


def test_tenant_tables_never_refer_to_the_landlord():
    tenant_labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    wrong = [
        str(field)
        for model in apps.get_models()
        if model._meta.app_label in tenant_labels
        for field in model._meta.local_concrete_fields
        if field.remote_field and field.related_model._meta.app_label not in tenant_labels
    ]
    assert wrong == []


def test_layers_hold():
    """import-linter's contracts, with the command that people use."""
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False,
                            env={"PATH": "", "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"})  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]


def test_system_checks_are_quiet():
    call_command("check", fail_level="WARNING")


def test_openapi_documents_are_up_to_date():
    call_command("openapi", check=True)


def test_reference_pages_are_up_to_date():
    call_command("describe_modules", check=True)


GOOD = Manifest(
    code="sample", name="样例", category="core", summary="样例",
    permissions=(Permission("sample.read", "阅读"),),
    pages=(Page("h5", "", "jiceng.h5.pages.home", "list", "sample.read"),),
    menu=(MenuEntry("h5", "样例", "list", "sample.read", "newspaper"),),
    emits=(Event("sample.thing.done", {"id": "uuid"}),),
)  # fmt: skip
FAULTS = {
    "misspelt permission": {"pages": (replace(GOOD.pages[0], permission="sample.raed"),)},
    "permission of somebody else": {"permissions": (Permission("other.read", "阅读"), *GOOD.permissions)},
    "permission twice": {"permissions": GOOD.permissions * 2},
    "view that is not there": {"pages": (replace(GOOD.pages[0], view="jiceng.h5.pages.nothing"),)},
    "viewset that is not there": {"api": (ApiRoute("things", "modules.sample.api.Nothing", "sample.read", "sample.read"),)},
    "menu to no page": {"menu": (replace(GOOD.menu[0], page="lost"),)},
    "page twice": {"pages": GOOD.pages * 2},
    "help page that is not there": {"help_page": "lost"},
    "unknown event to listen to": {"listens": {"sample.thing.never": ("jiceng.kernel.clock.now",)}},
    "handler that is not there": {"listens": {"sample.thing.done": ("modules.sample.handlers.nothing",)}},
    "event of somebody else": {"emits": (Event("other.thing.done", {}),)},
    "event with an unknown type": {"emits": (Event("sample.thing.done", {"id": "date"}),)},
    "points for an unknown event": {"points": (PointsRule("sample.read", "sample.thing.never", 1, 1),)},
    "schedule of an unknown task": {"schedules": (Schedule("sample.never", "*/5 * * * *"),)},
    "task that is not there": {"tasks": {"sample.do": "modules.sample.tasks.nothing"}},
    "unknown category": {"category": "misc"},
    "unknown audience": {"audiences": ("everybody",)},
    "unknown service type": {"service_types": ("magic",)},
    "need of a module that is not there": {"needs": ("nothing",)},
    "settings that are no dataclass": {"settings": dict},
    "code that is no code": {"code": "Sample!"},
}


def test_good_manifest_passes():
    assert list(checks.problems(Registry((GOOD,)))) == []


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_checks_catch_a_planted_fault(fault):
    found = list(checks.problems(Registry((replace(GOOD, **fault),))))
    assert found, "the fault went unseen"
    assert "sample" in found[0].lower(), f"the message does not say where: {found[0]}"


def test_two_modules_with_one_code_are_caught():
    assert "module code 'sample' is declared 2 times" in list(checks.problems(Registry((GOOD, GOOD))))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_no_inline_script_or_style(path):
    """The content security policy would silently switch such things off in the browser."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text, re.IGNORECASE)
    for attributes in re.findall(r"<script\b([^>]*)>", text, re.IGNORECASE):
        assert "src=" in attributes or "application/json" in attributes
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"']https?://", text), "loads from another host"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_templates_of_a_module_use_only_its_own_and_the_shells(module):
    folder = module / "templates"
    for path in folder.rglob("*.html"):
        for name in re.findall(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']", path.read_text(encoding="utf-8")):
            assert name.startswith((f"{module.name}/", "jiceng/")), f"{path.name} uses {name}"
            get_template(name)


def test_no_module_is_named_outside_its_folder_but_in_one_line():
    """Deleting a module's folder, its tests and one line breaks nothing else."""
    codes = {path.name for path in MODULES}
    found = []
    for root in ("platform", "tenants"):
        for path in (ROOT / root).rglob("*.py"):
            if "demo" in path.parts or "module_template" in path.parts:
                continue
            words = set(re.findall(r"^\s*(?:from|import) modules\.(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
            found += [f"{path.relative_to(ROOT)}: {code}" for code in words & codes]
    assert found == []


def test_registry_knows_every_module():
    assert {path.name for path in MODULES} <= set(registry.by_code)
