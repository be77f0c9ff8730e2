"""The state of the simulated platform, and what people and administrators do in it."""

from __future__ import annotations

import dataclasses
import json
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import callbacks
from .records import Account, Code, Fault, Message, Person, Tie

TOKEN_SECONDS = 7200
HOURS_48, MINUTE = 48 * 3600, 60
Transport = Callable[[str, str, dict[str, str], bytes, float], tuple[int, bytes]]


class World:
    """Everything behind one lock. ``transport``: how callbacks leave: f(method, url, headers, body, timeout)."""

    def __init__(self, transport: Transport | None = None) -> None:
        self.lock = threading.RLock()
        self.transport = transport or callbacks.over_loopback
        self.accounts: dict[str, Account] = {}
        self.people: dict[str, Person] = {}
        self.ties: dict[tuple[str, str], Tie] = {}
        self.by_openid: dict[tuple[str, str], Tie] = {}
        self.messages: list[Message] = []
        self.by_key: dict[tuple[str, str], Message] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, tuple[str, float]] = {}
        self.oauth_codes: dict[str, dict[str, Any]] = {}
        self.faults: list[Fault] = []
        self.calls: Counter[str] = Counter()
        self.log: deque[dict[str, Any]] = deque(maxlen=300)
        self.quotas: dict[str, int] = {}
        self.same: dict[str, float] = {}
        self.shift = 0.0
        self.latency_seconds = 0.0
        self.reports = True
        self.component_ticket = ""
        self._numbers = 1_000_000
        self.changed_at = 0.0

    # --- Time and numbers -----------------------------------------------------------------------------------------
    def now(self) -> float:
        return time.time() + self.shift

    def advance(self, seconds: float) -> None:
        self.shift += seconds

    def number(self) -> str:
        with self.lock:
            self._numbers += 1
            return str(self._numbers)

    # --- Accounts and people --------------------------------------------------------------------------------------
    def add_account(self, kind: str, appid: str, secret: str, name: str = "", **more: Any) -> Account:
        account = Account(kind, appid, secret, name or appid, **more)
        if kind == "oa" and not account.original_id:
            account.original_id = f"gh_{appid[-12:]}"
        with self.lock:
            self.accounts[appid] = account
            self.changed_at = time.time()
        return account

    def add_person(self, name: str, userid: str = "", is_snapshot: bool = False) -> Person:
        with self.lock:
            person = Person(f"p{len(self.people) + 1}", name, userid, is_snapshot)
            self.people[person.id] = person
            self.changed_at = time.time()
            return person

    def tie(self, person_id: str, appid: str) -> Tie:
        with self.lock:
            found = self.ties.get((person_id, appid))
            if found is None:
                account, person = self.accounts[appid], self.people[person_id]
                openid = (
                    (person.userid or person_id) if account.kind == "wecom" else f"o{secrets.token_urlsafe(20)[:27]}"
                )
                found = Tie(person_id, appid, openid)
                self._keep_tie(found)
            return found

    def openid(self, person_id: str, appid: str) -> str:
        return self.tie(person_id, appid).openid

    def _keep_tie(self, tie: Tie) -> None:
        self.ties[(tie.person, tie.appid)] = self.by_openid[(tie.appid, tie.openid)] = tie
        self.changed_at = time.time()

    # --- What an administrator does in the backend ----------------------------------------------------------------
    def submit_callback(self, appid: str, url: str, token: str, aes_key: str, mode: str = "secure") -> str:
        """Check the address as WeChat does and keep it; ``""`` or what is wrong."""
        account = self.accounts[appid]
        fault = callbacks.check(self, account, url, token, aes_key)
        if not fault:
            account.url, account.token, account.aes_key, account.mode = url, token, aes_key, mode
            self.changed_at = time.time()
        return fault

    # --- What people do -------------------------------------------------------------------------------------------
    def follow(self, person_id: str, appid: str, scene: str = "") -> str:
        tie = self.tie(person_id, appid)
        tie.follows = True
        tie.event_at, tie.event_left = self.now(), 3
        more = {"EventKey": f"qrscene_{scene}", "Ticket": self._ticket(scene)} if scene else {"EventKey": ""}
        return self.push(tie, {"MsgType": "event", "Event": "subscribe", **more})

    def unfollow(self, person_id: str, appid: str) -> str:
        tie = self.tie(person_id, appid)
        tie.follows, tie.message_left, tie.event_left, tie.offers = False, 0, 0, {}
        return self.push(tie, {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""})

    def scan(self, person_id: str, ticket: str) -> str:
        """Scan a code by its ticket, URL or scene. Whoever does not follow yet does so by it."""
        code = self.code(ticket)
        if code is None or (code.ends_at and code.ends_at < self.now()):
            return "二维码已过期"
        tie = self.tie(person_id, code.appid)
        if not tie.follows:
            return self.follow(person_id, code.appid, code.scene)
        tie.event_at, tie.event_left = self.now(), 3
        return self.push(tie, {"MsgType": "event", "Event": "SCAN", "EventKey": code.scene, "Ticket": code.ticket})

    def send_text(self, person_id: str, appid: str, text: str) -> str:
        tie = self.tie(person_id, appid)
        tie.message_at, tie.message_left = self.now(), 5
        self.show(Message(appid, tie.openid, "in", "text", {"text": text}, self.now()))
        return self.push(tie, {"MsgType": "text", "Content": text, "MsgId": self.number()})

    def click(self, person_id: str, appid: str, key: str) -> str:
        tie = self.tie(person_id, appid)
        tie.event_at, tie.event_left = self.now(), 3
        return self.push(tie, {"MsgType": "event", "Event": "CLICK", "EventKey": key})

    def accept(self, person_id: str, appid: str, template_id: str, status: str = "accept") -> str:
        """Answer the question whether a subscription message may come."""
        tie = self.tie(person_id, appid)
        tie.offers[template_id] = tie.offers.get(template_id, 0) + (status == "accept")
        item = {"TemplateId": template_id, "SubscribeStatusString": status, "PopupScene": "1"}
        return self.push(
            tie, {"MsgType": "event", "Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": item}}
        )

    def block(self, person_id: str, appid: str, value: bool = True) -> None:
        self.tie(person_id, appid).blocks = value

    def push(self, tie: Tie, fields: dict[str, Any]) -> str:
        """Bring a message or event to the account's address, with WeChat's repetitions; shows and returns the answer."""
        account = self.accounts[tie.appid]
        self.changed_at = time.time()
        if not account.url and not account.authorized:
            return ""
        answer = callbacks.deliver(self, account, tie.openid, fields)
        if answer:
            self.show(Message(tie.appid, tie.openid, "out", "reply", answer, self.now()))
        return str(answer.get("text", "")) if answer else ""

    # --- What reaches people --------------------------------------------------------------------------------------
    def show(self, message: Message) -> Message:
        with self.lock:
            message.msgid = message.msgid or self.number()
            self.messages.append(message)
            if message.key:
                self.by_key[(message.appid, message.key)] = message
            self.changed_at = time.time()
            return message

    def deliveries(self, appid: str = "", channel: str = "") -> list[Message]:
        """What was shown to people."""
        with self.lock:
            return [
                row for row in self.messages
                if row.side == "out" and (not appid or row.appid == appid) and (not channel or row.channel == channel)
            ]  # fmt: skip

    def chat(self, person_id: str, appid: str) -> list[Message]:
        openid = self.tie(person_id, appid).openid
        with self.lock:
            return [row for row in self.messages if (row.appid, row.openid) == (appid, openid)]

    def code(self, ticket: str) -> Code | None:
        with self.lock:
            found = self.codes.get(ticket)
            return found or next((row for row in self.codes.values() if ticket in (row.url, row.scene)), None)

    def _ticket(self, scene: str) -> str:
        found = self.code(scene)
        return found.ticket if found else ""

    # --- Faults ---------------------------------------------------------------------------------------------------
    def fault(self, match: str, **more: Any) -> Fault:
        made = Fault(match, **more)
        with self.lock:
            self.faults.append(made)
        return made

    def take_fault(self, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.match not in path or fault.times <= 0:
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def revoke_tokens(self) -> None:
        """Every token given out so far is refused from now on."""
        with self.lock:
            self.tokens.clear()

    # --- Keeping --------------------------------------------------------------------------------------------------
    def save(self, path: Path) -> None:
        with self.lock:
            kept = {
                "accounts": [dataclasses.asdict(row) for row in self.accounts.values()],
                "people": [dataclasses.asdict(row) for row in self.people.values()],
                "ties": [dataclasses.asdict(row) for row in self.ties.values()],
                "codes": [dataclasses.asdict(row) for row in self.codes.values()],
                "messages": [dataclasses.asdict(row) for row in self.messages[-2000:]],
                "component_ticket": self.component_ticket, "number": self._numbers,
            }  # fmt: skip
        path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    def load(self, path: Path) -> None:
        kept = json.loads(path.read_text(encoding="utf-8"))
        self.accounts = {row["appid"]: Account(**row) for row in kept["accounts"]}
        self.people = {row["id"]: Person(**row) for row in kept["people"]}
        for row in kept["ties"]:
            self._keep_tie(Tie(**row))
        self.codes = {row["ticket"]: Code(**row) for row in kept["codes"]}
        self.messages = [Message(**row) for row in kept["messages"]]
        self.component_ticket, self._numbers = kept["component_ticket"], kept["number"]
