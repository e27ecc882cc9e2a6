// The life of a batch through the SDK, in the stable and the beta namespace.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { LONG_BATCH, MODEL, client, doors, malformed, params, refusal, requests, resultsById, run, total, untilEnded } from './workload.js';

const UNKNOWN_BATCH = 'msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d';

for (const [door, batches] of doors) {
  describe(`${door}.batches`, () => {
    test('a batch gives one result for every request', async () => {
      const created = await batches.create({ requests: requests(3) });

      assert.match(created.id, /^msgbatch_\w+$/);
      assert.equal(created.type, 'message_batch');
      assert.equal(created.processing_status, 'in_progress');
      assert.equal(total(created.request_counts), 3);
      assert.equal(Date.parse(created.expires_at) - Date.parse(created.created_at), 24 * 3600 * 1000);
      for (const field of ['ended_at', 'cancel_initiated_at', 'archived_at', 'results_url'] as const) {
        assert.equal(created[field], null, field);
      }

      const ended = await untilEnded(batches, created.id);

      assert.equal(ended.created_at, created.created_at);
      assert.ok(ended.ended_at);
      assert.deepEqual(ended.request_counts, { processing: 0, succeeded: 3, errored: 0, canceled: 0, expired: 0 });

      const results = await resultsById(batches, created.id);
      assert.deepEqual([...results.keys()].sort(), ['request-0', 'request-1', 'request-2']);
      for (const result of results.values()) {
        assert.ok(result.type === 'succeeded');
        assert.match(result.message.id, /^msg_\w+$/);
        assert.equal(result.message.model, MODEL);
        assert.ok(result.message.content[0]?.type === 'text' && result.message.content[0].text);
        assert.ok(result.message.usage.input_tokens > 0);
        assert.ok(result.message.usage.output_tokens > 0 && result.message.usage.output_tokens <= 64);
        assert.equal(result.message.usage.service_tier, 'batch');
      }
    });

    test('two thousand results are joined by custom_id', async () => {
      const items = requests(2_000, 'joined');

      const { batch, results } = await run(batches, items);

      assert.equal(batch.request_counts.succeeded, 2_000);
      assert.deepEqual(new Set(results.keys()), new Set(items.map((item) => item.custom_id)));
      assert.ok([...results.values()].every((result) => result.type === 'succeeded'));
    });

    test('the list pages from new to old and back', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.unshift((await batches.create({ requests: requests(1, `listed-${i}`) })).id);
      const page = async (query: Anthropic.Messages.BatchListParams) => {
        const { data, has_more } = await batches.list(query);
        return { ids: data.map((batch) => batch.id), has_more };
      };

      assert.deepEqual(await page({ limit: 2 }), { ids: ids.slice(0, 2), has_more: true });
      assert.deepEqual((await page({ limit: 2, after_id: ids[1]! })).ids, ids.slice(2, 4));
      assert.deepEqual(await page({ limit: 2, before_id: ids[4]! }), { ids: ids.slice(2, 4), has_more: true });
      assert.deepEqual(await page({ limit: 2, before_id: ids[2]! }), { ids: ids.slice(0, 2), has_more: false });
      assert.deepEqual(await page({ before_id: ids[0]! }), { ids: [], has_more: false });
    });

    test('automatic paging sees every batch once in both directions', async () => {
      const mine: string[] = [];
      for (let i = 0; i < 5; i++) mine.unshift((await batches.create({ requests: requests(1, `paged-${i}`) })).id);
      const all = async (query: Anthropic.Messages.BatchListParams) => {
        const ids: string[] = [];
        for await (const batch of batches.list(query)) ids.push(batch.id);
        assert.equal(new Set(ids).size, ids.length);
        return ids;
      };

      const everything = await all({ limit: 3 });
      assert.deepEqual(everything.slice(0, 5), mine);
      assert.deepEqual(await all({ limit: 2, after_id: mine[0]! }), everything.slice(1));
      assert.deepEqual(new Set(await all({ limit: 2, before_id: mine[4]! })), new Set(mine.slice(0, 4)));
    });

    test('cancelling twice gives the same batch', async () => {
      const batch = await batches.create({ requests: requests(LONG_BATCH, 'canceled') });

      const first = await batches.cancel(batch.id);
      assert.equal(first.processing_status, 'canceling');
      assert.ok(first.cancel_initiated_at);
      try {
        const second = await batches.cancel(batch.id);
        assert.equal(second.cancel_initiated_at, first.cancel_initiated_at);
      } catch (error) {
        // The last request in flight was quicker than we; then the refusal is right.
        assert.ok(error instanceof Anthropic.BadRequestError);
        assert.equal((await batches.retrieve(batch.id)).processing_status, 'ended');
      }

      const ended = await untilEnded(batches, batch.id);
      assert.equal(ended.cancel_initiated_at, first.cancel_initiated_at);
      assert.ok(ended.request_counts.canceled > 0);
      const results = await resultsById(batches, batch.id);
      assert.equal(results.size, LONG_BATCH);
      assert.equal([...results.values()].filter((result) => result.type === 'canceled').length, ended.request_counts.canceled);
    });

    test('an ended batch cannot be canceled', async () => {
      const { batch } = await run(batches, requests(1));
      await refusal(batches.cancel(batch.id), Anthropic.BadRequestError, 'invalid_request_error');
      assert.equal((await batches.retrieve(batch.id)).cancel_initiated_at, null);
    });

    test('a running batch cannot be deleted, an ended one can', async () => {
      const { id } = await batches.create({ requests: requests(LONG_BATCH, 'deleted') });
      await refusal(batches.delete(id), Anthropic.BadRequestError, 'invalid_request_error');

      await batches.cancel(id);
      await untilEnded(batches, id);

      assert.deepEqual({ ...(await batches.delete(id)) }, { id, type: 'message_batch_deleted' });
      await refusal(batches.retrieve(id), Anthropic.NotFoundError, 'not_found_error');
      await refusal(batches.delete(id), Anthropic.NotFoundError, 'not_found_error');
    });

    test('an unknown batch is not found', async () => {
      await refusal(batches.retrieve(UNKNOWN_BATCH), Anthropic.NotFoundError, 'not_found_error');
      await refusal(batches.cancel(UNKNOWN_BATCH), Anthropic.NotFoundError, 'not_found_error');
      await refusal(batches.delete(UNKNOWN_BATCH), Anthropic.NotFoundError, 'not_found_error');
      await refusal(batches.results(UNKNOWN_BATCH), Anthropic.NotFoundError, 'not_found_error');
    });

    test('what is wrong with a batch is named by its place', async () => {
      const refused = (items: Anthropic.Messages.BatchCreateParams.Request[]) =>
        refusal(batches.create({ requests: items }), Anthropic.BadRequestError, 'invalid_request_error');

      for (const custom_id of ['', 'x'.repeat(65), 'has space', 'dots.are.out', 'ünicode']) {
        assert.match(await refused([...requests(1), { custom_id, params: params() }]), /requests\.1\.custom_id/);
      }
      assert.match(await refused([...requests(3), { custom_id: 'request-1', params: params() }]), /request-1/);
      assert.match(await refused([{ custom_id: 'text', params: malformed('Say hello.') }]), /requests\.0\.params/);
      assert.match(await refused([]), /requests/);
    });

    test('bad params become the errored result of that request only', async () => {
      const { batch, results } = await run(batches, [
        { custom_id: 'good', params: params() },
        { custom_id: 'bad', params: malformed({ model: MODEL, messages: [{ role: 'user', content: 'Hello.' }] }) },
      ]);

      assert.deepEqual(batch.request_counts, { processing: 0, succeeded: 1, errored: 1, canceled: 0, expired: 0 });
      assert.equal(results.get('good')?.type, 'succeeded');
      const bad = results.get('bad');
      assert.ok(bad?.type === 'errored');
      assert.equal(bad.error.type, 'error');
      assert.equal(bad.error.error.type, 'invalid_request_error');
      assert.match(bad.error.error.message, /max_tokens/);
    });

    test('any text travels and every row stays one line', async () => {
      const texts = ['👩‍👩‍👧‍👦 says 🎉', 'a\u2028b\u2029c\u0085d', 'שלום مرحبا', '"quoted" \\ </script>', 'night mail '.repeat(40_000)];
      const { batch, results } = await run(
        batches,
        texts.map((text, i) => ({ custom_id: `text-${i}`, params: params(text) })),
      );
      assert.equal(batch.request_counts.succeeded, texts.length);
      assert.equal(results.size, texts.length);
    });

    test('a schema is obeyed', async () => {
      const schema = {
        type: 'object',
        properties: { mood: { type: 'string', enum: ['glad', 'sad'] }, sure: { type: 'boolean' } },
        required: ['mood', 'sure'],
        additionalProperties: false,
      };
      const { results } = await run(batches, [
        { custom_id: 'mood', params: { ...params(), output_config: { format: { type: 'json_schema', schema } } } },
      ]);
      const result = results.get('mood');
      assert.ok(result?.type === 'succeeded' && result.message.content[0]?.type === 'text');
      const answer = JSON.parse(result.message.content[0].text) as { mood: unknown; sure: unknown };
      assert.ok(answer.mood === 'glad' || answer.mood === 'sad');
      assert.equal(typeof answer.sure, 'boolean');
    });

    test('every answer names its request', async () => {
      const { response } = await batches.create({ requests: requests(1) }).withResponse();
      assert.match(response.headers.get('request-id') ?? '', /^req_\w+$/);
    });
  });
}

test('batches side by side keep their results apart', async () => {
  await Promise.all(
    ['north', 'south', 'east', 'west'].map(async (name) => {
      const { results } = await run(client.messages.batches, requests(100, name));
      assert.deepEqual([...results.keys()].sort(), requests(100, name).map((item) => item.custom_id).sort());
    }),
  );
});

test('unknown beta values are no error', async () => {
  const batch = await client.beta.messages.batches.create({ requests: requests(1), betas: ['nightmail-unheard-of-2031-01-01'] });
  assert.match(batch.id, /^msgbatch_/);
});
