"""A small mirror of people and articles, kept with the event feed.

    openapi-python-client generate --path tenant-v1.yaml --meta none --output-path jiceng_client
    BASE=https://host/api/v1 KEY=jck_… STATE=mirror.json python mirror.py

The first run reads everything, later ones only what has changed. The state is written when all of it is there, so a run that
broke off is simply repeated.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from jiceng_client import AuthenticatedClient
from jiceng_client.api.members import members_people_list, members_people_retrieve
from jiceng_client.api.news import news_articles_list, news_articles_retrieve
from jiceng_client.api.webhooks import webhooks_events_list
from jiceng_client.types import UNSET, Response

GONE = (404, 410)  # removed or not ours to see; withdrawn

client = AuthenticatedClient(base_url=os.environ["BASE"], token=os.environ["KEY"])


def everything(read: Callable[..., Response[Any]], **choice: Any) -> Iterator[Any]:
    """Every row of a list, page after page."""
    cursor: Any = UNSET
    while True:
        answer = read(client=client, limit=100, cursor=cursor, **choice)
        if answer.status_code != 200:
            raise SystemExit(f"{answer.status_code}: {answer.content.decode()}")
        yield from answer.parsed.results
        if not answer.parsed.next_:
            return
        cursor = parse_qs(urlsplit(answer.parsed.next_).query)["cursor"][0]


def person(row: Any) -> dict[str, Any]:
    return {"id": str(row.id), "name": row.name, "state": row.state.value}


def article(row: Any) -> dict[str, Any]:
    return {"id": str(row.id), "title": row.title, "state": row.state.value}


def read_all() -> dict[str, Any]:
    # The position first: what changes while we read is read again with the next run.
    positions = [event.position for event in everything(webhooks_events_list.sync_detailed)]
    return {
        "position": max(positions, default=0),
        "people": {str(row.id): person(row) for row in everything(members_people_list.sync_detailed)},
        "articles": {str(row.id): article(row) for row in everything(news_articles_list.sync_detailed)},
    }


def renew(rows: dict[str, Any], item_id: str, read: Callable[..., Response[Any]], pick: Callable[[Any], Any]) -> None:
    """Put what is there now into ``rows``; what is not there any more comes out."""
    answer = read(id=UUID(item_id), client=client)
    if answer.status_code == 200:
        rows[item_id] = pick(answer.parsed)
    elif answer.status_code in GONE:
        rows.pop(item_id, None)
    else:
        raise SystemExit(f"{answer.status_code}: {answer.content.decode()}")


def follow(state: dict[str, Any]) -> dict[str, Any]:
    events = list(everything(webhooks_events_list.sync_detailed, after=state["position"]))
    for item_id in {event.data.to_dict().get("person_id") for event in events} - {None, ""}:
        renew(state["people"], item_id, members_people_retrieve.sync_detailed, person)
    for item_id in {event.data.to_dict().get("article_id") for event in events} - {None}:
        renew(state["articles"], item_id, news_articles_retrieve.sync_detailed, article)
    return {**state, "position": max((event.position for event in events), default=state["position"])}


if __name__ == "__main__":
    file = Path(os.environ["STATE"])
    kept = follow(json.loads(file.read_text())) if file.exists() else read_all()
    file.write_text(json.dumps(kept, ensure_ascii=False))
    print(f"{len(kept['people'])} people, {len(kept['articles'])} articles, position {kept['position']}")
