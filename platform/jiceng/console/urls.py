"""Every console page, from the manifests."""

from jiceng.shell.mounting import page_patterns

urlpatterns = page_patterns("console")
