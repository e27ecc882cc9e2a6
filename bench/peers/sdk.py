"""Answers the requests of a batch with the official SDK, a call each, so many at once.

usage: sdk.py URL BODY OUT CALLS

Says "ready", then does the whole of BODY (the body of a create call) for each line on its standard input, writes the
results to OUT as the Message Batches API gives them, and says "done".
"""

import asyncio
import json
import sys

from anthropic import AsyncAnthropic


async def answer(client, room, request, out):
    async with room:
        message = await client.messages.create(**request["params"])
    result = {"type": "succeeded", "message": message.to_dict(mode="json")}
    out.write(json.dumps({"custom_id": request["custom_id"], "result": result}) + "\n")


async def run(client, calls, body, path):
    with open(body, encoding="utf-8") as file:
        requests = json.load(file)["requests"]
    room = asyncio.Semaphore(calls)
    with open(path, "w", encoding="utf-8") as out:
        await asyncio.gather(*(answer(client, room, request, out) for request in requests))


async def main(url, body, path, calls):
    async with AsyncAnthropic(base_url=url, api_key="bench", timeout=60) as client:
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            await run(client, int(calls), body, path)
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
