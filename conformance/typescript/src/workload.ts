// What the tests send, and how they wait.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';

export const MODEL = 'claude-haiku-4-5';

// Enough that a batch of them is still running when the call after its creation arrives, also where an answer takes no time.
export const LONG_BATCH = Number(process.env['NIGHTMAIL_LONG_BATCH'] ?? 20_000);

const baseURL = process.env['NIGHTMAIL_BASE_URL'];
if (!baseURL) {
  throw new Error('set NIGHTMAIL_BASE_URL to the URL of a running Nightmail server');
}

export const client = new Anthropic({
  baseURL,
  apiKey: process.env['NIGHTMAIL_API_KEY'] || 'any-key',
  timeout: 60_000,
});

/** Both doors to the batches. Their types differ by name only, so the tests speak of the stable one. */
export const doors: [string, Anthropic.Messages.Batches][] = [
  ['messages', client.messages.batches],
  ['beta.messages', client.beta.messages.batches as unknown as Anthropic.Messages.Batches],
];

type Item = Anthropic.Messages.BatchCreateParams.Request;
type Result = Anthropic.Messages.MessageBatchResult;

export function params(text = 'Say hello.'): Anthropic.Messages.MessageCreateParamsNonStreaming {
  return { model: MODEL, max_tokens: 64, messages: [{ role: 'user', content: text }] };
}

export function requests(count: number, prefix = 'request'): Item[] {
  return Array.from({ length: count }, (_, i) => ({ custom_id: `${prefix}-${i}`, params: params(`Name the number ${i}.`) }));
}

/** Params the types rule out, for asking what the server says to them. */
export function malformed(value: unknown): Item['params'] {
  return value as Item['params'];
}

export async function untilEnded(batches: Anthropic.Messages.Batches, id: string) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const batch = await batches.retrieve(id);
    if (batch.processing_status === 'ended') return batch;
    assert.ok(Date.now() < deadline, `${id} did not end: ${JSON.stringify(batch.request_counts)}`);
    await pause(20);
  }
}

/** All results, joined by custom_id; a second result for an id is a failure of its own. */
export async function resultsById(batches: Anthropic.Messages.Batches, id: string) {
  const found = new Map<string, Result>();
  for await (const { custom_id, result } of await batches.results(id)) {
    assert.ok(!found.has(custom_id), `${custom_id} has two results`);
    found.set(custom_id, result);
  }
  return found;
}

/** Creates a batch, waits for its end, and gives it with its results. */
export async function run(batches: Anthropic.Messages.Batches, items: Item[]) {
  const batch = await untilEnded(batches, (await batches.create({ requests: items })).id);
  return { batch, results: await resultsById(batches, batch.id) };
}

export function total(counts: Anthropic.Messages.MessageBatchRequestCounts) {
  return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired;
}

/** The refusal a call must meet: of the SDK's class, with the wire's error in it. Gives the server's message. */
export async function refusal(call: PromiseLike<unknown>, kind: new (...args: never[]) => InstanceType<typeof Anthropic.APIError>, type: string): Promise<string> {
  const error = await Promise.resolve(call).then(
    () => assert.fail(`should have been refused with ${type}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof kind, String(error));
  const body = error.error as { type: string; error: { type: string; message: string }; request_id: string };
  assert.equal(body.type, 'error');
  assert.equal(body.error.type, type);
  assert.match(body.request_id, /^req_\w+$/);
  assert.equal(error.requestID, body.request_id);
  return body.error.message;
}
