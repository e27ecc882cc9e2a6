"""The bare protocol, with nothing but the standard library between the test and the socket."""

import http.client
import json
import time
import urllib.parse
from dataclasses import dataclass

BATCHES = "/v1/messages/batches"
SECONDS = 30


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


class Wire:
    def __init__(self, base_url, api_key):
        self.base_url = base_url
        self.at = urllib.parse.urlsplit(base_url)
        self.headers = {"x-api-key": api_key, "anthropic-version": "2023-06-01"}

    def connect(self):
        kind = http.client.HTTPSConnection if self.at.scheme == "https" else http.client.HTTPConnection
        return kind(self.at.hostname, self.at.port, timeout=SECONDS)

    def call(self, method, path, body=None, headers=None, without=()):
        """One call on its own connection; `body` is sent as JSON unless it is bytes."""
        sent = {k: v for k, v in self.headers.items() if k not in without} | (headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("content-type", "application/json")
        connection = self.connect()
        try:
            connection.request(method, self.at.path + path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def create(self, items, **more):
        return self.call("POST", BATCHES, {"requests": items}, **more)

    def newest(self):
        data = self.call("GET", f"{BATCHES}?limit=1").json()["data"]
        return data[0]["id"] if data else None

    def ended(self, items):
        """A batch that has ended."""
        batch = self.create(items).json()
        deadline = time.monotonic() + SECONDS
        while batch["processing_status"] != "ended":
            assert time.monotonic() < deadline, batch
            time.sleep(0.02)
            batch = self.call("GET", f"{BATCHES}/{batch['id']}").json()
        return batch

    def unfinished(self, body, announced_bytes, pieces=1):
        """Announces a body, sends less of it, in that many pieces, and hangs up."""
        connection = self.connect()
        connection.putrequest("POST", self.at.path + BATCHES)
        for name, value in {**self.headers, "content-type": "application/json"}.items():
            connection.putheader(name, value)
        connection.putheader("content-length", str(announced_bytes))
        connection.endheaders()
        size = max(1, len(body) // pieces)
        try:
            for start in range(0, len(body), size):
                connection.send(body[start : start + size])
                time.sleep(0.002)
        finally:
            connection.close()
