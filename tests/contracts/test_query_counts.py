"""P-4: three items cost no more queries than one, on every page and endpoint that takes no id."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.context import tenant_scope
from tests.support.routes import tenant_routes
from tests.support.seed import seed

ROUTES = [route for route in tenant_routes() if "GET" in route.methods and not route.parameters]
MOST = 30


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_three_cost_no_more_than_one(client_for, hongqi, secretary, member, route):
    client = client_for(hongqi).login_as(secretary)
    counts = []
    for rows in (1, 2):
        with tenant_scope(hongqi):
            seed(hongqi.slug, rows=rows)
        client.get(route.path())  # warm: caches, the note that a session was used
        with CaptureQueriesContext(connection) as queries:
            response = client.get(route.path())
        assert response.status_code in (200, 302, 400, 403, 404, 405), response.status_code
        counts.append(len(queries))
    # A page may ask less when there is something to show; more would grow with the rows.
    assert counts[1] <= counts[0], [query["sql"][:120] for query in queries]
    assert counts[1] <= MOST
