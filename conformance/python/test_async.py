"""The asynchronous client: the same life of a batch, several at once."""

import time

import anthropic
import anyio
import pytest
from workload import params, requests

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(base_url, api_key):
    async with anthropic.AsyncAnthropic(base_url=base_url, api_key=api_key, timeout=60) as client:
        yield client


async def ended(client, batch_id):
    deadline = time.monotonic() + 60
    while (batch := await client.messages.batches.retrieve(batch_id)).processing_status != "ended":
        assert time.monotonic() < deadline, f"{batch_id} did not end: {batch.request_counts}"
        await anyio.sleep(0.02)
    return batch


async def test_batches_side_by_side_keep_their_results_apart(client):
    seen = {}

    async def one(name):
        batch = await client.messages.batches.create(requests=requests(100, prefix=name))
        await ended(client, batch.id)
        seen[name] = [entry.custom_id async for entry in await client.messages.batches.results(batch.id)]

    async with anyio.create_task_group() as group:
        for name in ("north", "south", "east", "west"):
            group.start_soon(one, name)

    for name, ids in seen.items():
        assert sorted(ids) == sorted(f"{name}-{i}" for i in range(100))
    assert len(seen) == 4


async def test_the_list_is_paged_without_being_asked(client):
    mine = [(await client.messages.batches.create(requests=requests(1))).id for _ in range(3)]
    listed = [batch.id async for batch in client.messages.batches.list(limit=2)]
    assert listed[:3] == mine[::-1]


async def test_messages_are_answered_and_streamed(client):
    message = await client.messages.create(**params())
    assert message.content[0].text

    async with client.messages.stream(**params()) as stream:
        pieces = [text async for text in stream.text_stream]
        final = await stream.get_final_message()
    assert "".join(pieces) == final.content[0].text


async def test_errors_have_the_same_classes(client):
    with pytest.raises(anthropic.NotFoundError):
        await client.messages.batches.retrieve("msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d")
    with pytest.raises(anthropic.BadRequestError):
        await client.messages.batches.create(requests=[])
