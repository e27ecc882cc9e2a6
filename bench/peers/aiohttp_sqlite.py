"""The Message Batches API as it is written in an afternoon: one process, aiohttp, everything in one SQLite file.

usage: aiohttp_sqlite.py PORT FILE UPSTREAM

It is meant to be as good as that can be. A create is committed before it is answered, a result before it is counted,
with synchronous=FULL; results are committed in groups, as many as came while the last commit ran; 256 calls are in
flight; requests are read a page at a time; after a crash it goes on. It knows one key, no limits and no retries.
"""

import asyncio
import json
import secrets
import sqlite3
import sys
from datetime import datetime, timedelta, timezone

import aiohttp
from aiohttp import web

CALLS = 256
PAGE = 1000

SCHEMA = """
pragma journal_mode = wal;
pragma synchronous = full;
create table if not exists batch (id text primary key, created_at text not null, requests integer not null,
                                  ended_at text);
create table if not exists request (batch text not null, number integer not null, custom_id text not null,
                                    params text not null, result text, primary key (batch, number),
                                    unique (batch, custom_id)) without rowid;
"""


def now():
    return datetime.now(timezone.utc)


class Store:
    """Every statement on one thread at a time: SQLite has one writer anyway."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.db.executescript(SCHEMA)
        self.lock = asyncio.Lock()

    async def do(self, work, *args):
        async with self.lock:
            return await asyncio.to_thread(work, *args)

    def create(self, body):
        requests = json.loads(body)["requests"]
        batch = "msgbatch_" + secrets.token_hex(12)
        with self.db:
            self.db.execute("insert into batch values (?, ?, ?, null)", (batch, now().isoformat(), len(requests)))
            self.db.executemany(
                "insert into request values (?, ?, ?, ?, null)",
                ((batch, i, r["custom_id"], json.dumps(r["params"])) for i, r in enumerate(requests)),
            )
        return batch

    def unsettled(self, batch, after):
        return self.db.execute(
            "select number, custom_id, params from request"
            " where batch = ? and number > ? and result is null order by number limit ?",
            (batch, after, PAGE),
        ).fetchall()

    def settle(self, batch, results):
        with self.db:
            self.db.executemany(
                "update request set result = ? where batch = ? and number = ?",
                ((result, batch, number) for number, result in results),
            )

    def end(self, batch):
        with self.db:
            self.db.execute("update batch set ended_at = ? where id = ?", (now().isoformat(), batch))

    def open_batches(self):
        return [row[0] for row in self.db.execute("select id from batch where ended_at is null order by created_at")]

    def show(self, batch):
        return self.db.execute("select created_at, requests, ended_at from batch where id = ?", (batch,)).fetchone()

    def count(self, batch):
        return self.db.execute(
            "select count(result), coalesce(sum(result like '%\"type\": \"errored\"%'), 0) from request where batch = ?",
            (batch,),
        ).fetchone()

    def results(self, batch, after):
        return self.db.execute(
            "select number, result from request where batch = ? and number > ? order by number limit ?",
            (batch, after, PAGE),
        ).fetchall()


class Gateway:
    def __init__(self, store, upstream):
        self.store = store
        self.url = upstream + "/v1/messages"
        self.tasks = set()
        self.settled = {}  # how many of a batch have succeeded, and how many were errored

    async def start(self, app):
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CALLS))
        for batch in await self.store.do(self.store.open_batches):
            await self.begin(batch)
        yield
        for task in self.tasks:
            task.cancel()
        await self.session.close()

    async def begin(self, batch):
        settled, errored = await self.store.do(self.store.count, batch)
        self.settled[batch] = [settled - errored, errored]
        task = asyncio.create_task(self.run(batch))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def run(self, batch):
        requests = asyncio.Queue(PAGE)
        answered = asyncio.Queue()
        workers = [asyncio.create_task(self.work(requests, answered)) for _ in range(CALLS)]
        writer = asyncio.create_task(self.write(batch, answered))
        after = -1
        while page := await self.store.do(self.store.unsettled, batch, after):
            for request in page:
                await requests.put(request)
            after = page[-1][0]
        for _ in workers:
            await requests.put(None)
        await asyncio.gather(*workers)
        await answered.put(None)
        await writer
        await self.store.do(self.store.end, batch)

    async def work(self, requests, answered):
        while request := await requests.get():
            number, custom_id, params = request
            result = await self.call(params)
            await answered.put((number, json.dumps({"custom_id": custom_id, "result": result}), result["type"]))

    async def call(self, params):
        headers = {"content-type": "application/json", "anthropic-version": "2023-06-01"}
        try:
            async with self.session.post(self.url, data=params.encode(), headers=headers) as response:
                body = await response.json()
                if response.status == 200:
                    return {"type": "succeeded", "message": body}
                return {"type": "errored", "error": body}
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            detail = {"type": "api_error", "message": type(error).__name__}
            return {"type": "errored", "error": {"type": "error", "error": detail, "request_id": None}}

    async def write(self, batch, answered):
        more = True
        while more:
            group = [await answered.get()]
            while not answered.empty():
                group.append(answered.get_nowait())
            more = group[-1] is not None
            if not more:
                group.pop()
            await self.store.do(self.store.settle, batch, [(number, line) for number, line, _ in group])
            for _, _, kind in group:
                self.settled[batch][kind != "succeeded"] += 1

    async def create(self, request):
        batch = await self.store.do(self.store.create, await request.read())
        await self.begin(batch)
        return await self.answer(batch)

    async def show(self, request):
        return await self.answer(request.match_info["batch"])

    async def answer(self, batch):
        row = await self.store.do(self.store.show, batch)
        if row is None:
            detail = {"type": "not_found_error", "message": "no such batch"}
            return web.json_response({"type": "error", "error": detail, "request_id": None}, status=404)
        created_at, requests, ended_at = row
        if batch not in self.settled:
            settled, errored = await self.store.do(self.store.count, batch)
            self.settled[batch] = [settled - errored, errored]
        succeeded, errored = self.settled[batch]
        counts = {"processing": requests - succeeded - errored, "succeeded": succeeded, "errored": errored}
        return web.json_response(
            {
                "id": batch,
                "type": "message_batch",
                "processing_status": "ended" if ended_at else "in_progress",
                "request_counts": {**counts, "canceled": 0, "expired": 0},
                "created_at": created_at,
                "expires_at": (datetime.fromisoformat(created_at) + timedelta(hours=24)).isoformat(),
                "ended_at": ended_at,
                "cancel_initiated_at": None,
                "archived_at": None,
                "results_url": f"/v1/messages/batches/{batch}/results" if ended_at else None,
            }
        )

    async def results(self, request):
        response = web.StreamResponse(headers={"content-type": "application/x-jsonl"})
        await response.prepare(request)
        after = -1
        while page := await self.store.do(self.store.results, request.match_info["batch"], after):
            await response.write("".join(line + "\n" for _, line in page).encode())
            after = page[-1][0]
        return response


def main(port, path, upstream):
    gateway = Gateway(Store(path), upstream)
    app = web.Application(client_max_size=1 << 30)
    app.cleanup_ctx.append(gateway.start)
    app.router.add_post("/v1/messages/batches", gateway.create)
    app.router.add_get("/v1/messages/batches/{batch}", gateway.show)
    app.router.add_get("/v1/messages/batches/{batch}/results", gateway.results)
    web.run_app(app, host="127.0.0.1", port=int(port), print=None, access_log=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
