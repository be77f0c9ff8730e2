"""The OpenAPI documents: complete, in step with the code, cut to the tenant's modules."""

from __future__ import annotations


def test_smoke(hongqi, client_for, api_key):
    response = client_for(hongqi).get("/api/v1/openapi.json")
    assert response.status_code == 200, response.content
    key = api_key(hongqi, ["news.read", "news.publish"])
    client = client_for(hongqi, key=key)
    for url in ("/api/v1/modules", "/api/v1/modules/news", "/api/v1/modules/news/why", "/api/v1/news/articles",
                "/api/v1/news/articles?limit=0", "/api/v1/nope", "/api/docs/", "/api/v1/news/articles?x=1"):
        r = client.get(url)
        print(url, r.status_code, r.headers, r.content[:600].decode())
