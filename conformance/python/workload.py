"""What the tests send, and how they wait."""

import os
import time

import anthropic

MODEL = "claude-haiku-4-5"
SDK_MAJOR = int(anthropic.__version__.split(".")[0])

# Enough that a batch of them is still running when the call after its creation arrives, also where an answer takes no time.
LONG_BATCH = int(os.environ.get("NIGHTMAIL_LONG_BATCH", "20000"))


def params(text="Say hello.", **more):
    return {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": text}], **more}


def requests(count, prefix="request"):
    return [{"custom_id": f"{prefix}-{i}", "params": params(f"Name the number {i}.")} for i in range(count)]


def wait_until_ended(batches, batch_id, within_seconds=60.0):
    deadline = time.monotonic() + within_seconds
    while (batch := batches.retrieve(batch_id)).processing_status != "ended":
        assert time.monotonic() < deadline, f"{batch_id} did not end in {within_seconds} s: {batch.request_counts}"
        time.sleep(0.02)
    return batch


def results_by_id(batches, batch_id):
    """All results, joined by custom_id; a second result for an id is a failure of its own."""
    found = {}
    for entry in batches.results(batch_id):
        assert entry.custom_id not in found, f"{entry.custom_id} has two results"
        found[entry.custom_id] = entry.result
    return found


def run(batches, items):
    """Creates a batch, waits for its end, and gives it with its results."""
    batch = wait_until_ended(batches, batches.create(requests=items).id)
    return batch, results_by_id(batches, batch.id)


def total(counts):
    return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
