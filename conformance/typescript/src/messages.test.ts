// Single calls: messages, plain and streamed, token counts, models.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { MODEL, client, params, refusal } from './workload.js';

test('a message is answered', async () => {
  const message = await client.messages.create(params());
  assert.match(message.id, /^msg_\w+$/);
  assert.equal(message.model, MODEL);
  assert.ok(message.content[0]?.type === 'text' && message.content[0].text);
  assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
  assert.match(message._request_id ?? '', /^req_\w+$/);
});

test('a message is answered in the beta namespace', async () => {
  const message = await client.beta.messages.create({ ...params(), betas: ['nightmail-unheard-of-2031-01-01'] });
  assert.equal(message.content[0]?.type, 'text');
});

test('a streamed message has its events in order', async () => {
  const kinds: string[] = [];
  let text = '';
  for await (const event of await client.messages.create({ ...params(), stream: true })) {
    if ((event.type as string) === 'ping') continue;
    kinds.push(event.type);
    if (event.type === 'message_start') assert.deepEqual(event.message.content, []);
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    if (event.type === 'message_delta') assert.ok(event.usage.output_tokens > 0);
  }
  assert.deepEqual(kinds.slice(0, 2), ['message_start', 'content_block_start']);
  assert.deepEqual(kinds.slice(-3), ['content_block_stop', 'message_delta', 'message_stop']);
  assert.deepEqual([...new Set(kinds.slice(2, -3))], ['content_block_delta']);
  assert.ok(text);
});

test('the pieces of a stream make the final message', async () => {
  const stream = client.messages.stream(params('Count to ten, with emoji: 🔟.'));
  let text = '';
  stream.on('text', (piece) => (text += piece));
  const message = await stream.finalMessage();
  assert.ok(message.content[0]?.type === 'text');
  assert.equal(text, message.content[0].text);
  assert.ok(message.stop_reason === 'end_turn' || message.stop_reason === 'max_tokens');
});

test('tokens are counted and grow with the text', async () => {
  const count = async (content: string) =>
    (await client.messages.countTokens({ model: MODEL, messages: [{ role: 'user', content }] })).input_tokens;
  const [short, long] = [await count('hello'), await count('hello '.repeat(1_000))];
  assert.ok(short > 0 && long > short);
});

test('models are listed and found', async () => {
  const ids: string[] = [];
  for await (const model of client.models.list({ limit: 1 })) ids.push(model.id);
  assert.ok(ids.length > 0);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal((await client.models.retrieve(ids[0]!)).id, ids[0]);
  await refusal(client.models.retrieve('no-such-model-anywhere'), Anthropic.NotFoundError, 'not_found_error');
});

test('bad calls and unknown paths are refused with their class', async () => {
  await refusal(client.post('/v1/messages', { body: { model: MODEL } }), Anthropic.BadRequestError, 'invalid_request_error');
  await refusal(client.get('/v1/no/such/path'), Anthropic.NotFoundError, 'not_found_error');
});
