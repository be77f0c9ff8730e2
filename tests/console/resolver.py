"""DNS as the domain tests wish it to be."""

from collections.abc import Sequence


def nothing(name: str) -> Sequence[str]:
    """No record at all."""
    return ()


def everything(name: str) -> Sequence[str]:
    """Whatever record is looked for."""
    from tenants.context import platform_scope
    from tenants.models import Domain

    with platform_scope():
        return [f"jiceng-domain-verification={domain.challenge}" for domain in Domain.objects.all()]
