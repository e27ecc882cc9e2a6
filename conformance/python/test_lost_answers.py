"""A create whose answer gets lost is sent again by the SDK itself, and is one batch all the same."""

import anthropic
import pytest
from lossy import ALL, HALF, LossyProxy
from workload import requests


@pytest.fixture(params=["stable", "beta"])
def create(request, api_key):
    """Creates a batch by way of a proxy."""

    def create(proxy, items):
        with anthropic.Anthropic(base_url=proxy.url, api_key=api_key, timeout=60) as client:
            batches = client.messages.batches if request.param == "stable" else client.beta.messages.batches
            return batches.create(requests=items)

    return create


def newest(client, count):
    return [batch.id for batch in client.messages.batches.list(limit=count).data]


@pytest.mark.parametrize(
    "losses", [(ALL,), (HALF,), (ALL, ALL), (HALF, HALF), (ALL, HALF)], ids=lambda losses: " then ".join(losses)
)
def test_a_create_sent_again_by_the_sdk_is_one_batch(client, base_url, create, losses):
    before = newest(client, 1)

    with LossyProxy(base_url, *losses) as proxy:
        batch = create(proxy, requests(3, prefix="lost"))

    assert proxy.creates == [str(count) for count in range(len(losses) + 1)]
    assert newest(client, 2) == [batch.id, *before][:2]


def test_two_creates_of_the_same_body_are_two_batches(client, base_url, create):
    items = requests(3, prefix="twice")

    with LossyProxy(base_url) as proxy:
        ids = [create(proxy, items).id for _ in range(2)]

    assert newest(client, 2) == ids[::-1]


def test_each_of_two_creates_that_are_sent_again_has_its_own_batch(client, base_url, create):
    items = requests(3, prefix="both")

    ids = []
    for _ in range(2):
        with LossyProxy(base_url, ALL) as proxy:
            ids.append(create(proxy, items).id)

    assert newest(client, 2) == ids[::-1]
