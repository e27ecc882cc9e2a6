// A create whose answer gets lost is sent again by the SDK itself, and is one batch all the same.

import assert from 'node:assert/strict';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { client, requests } from './workload.js';

/** How much of an answer arrives. */
type Loss = 'all' | 'half';

interface Proxy {
  url: string;
  /** The retry counts that creates came with. */
  creates: unknown[];
}

/** Runs with a proxy that passes everything on, and loses the first answers to creates. */
async function throughAProxy<T>(losses: Loss[], run: (proxy: Proxy, batches: Anthropic.Messages.Batches) => Promise<T>): Promise<T> {
  const left = [...losses];
  const creates: unknown[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const answer = await forward(incoming);
    const content = await buffer(answer);
    const creating = incoming.method === 'POST' && incoming.url?.endsWith('/batches');
    if (creating) creates.push(incoming.headers['x-stainless-retry-count']);
    respond(outgoing, answer, content, creating ? left.shift() : undefined);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await run({ url, creates }, new Anthropic({ baseURL: url, apiKey: client.apiKey, timeout: 60_000 }).messages.batches);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

async function forward(incoming: IncomingMessage): Promise<IncomingMessage> {
  const body = await buffer(incoming);
  const { host: _, connection: __, ...headers } = incoming.headers;
  const target = new URL(client.baseURL.replace(/\/$/, '') + incoming.url);
  return new Promise((answered, failed) => send(target, { method: incoming.method, headers }, answered).on('error', failed).end(body));
}

function respond(outgoing: ServerResponse, answer: IncomingMessage, content: Buffer, loss: Loss | undefined) {
  if (loss === 'all') {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(answer.statusCode ?? 500, { 'content-type': answer.headers['content-type'], 'content-length': content.length });
  if (loss === 'half') {
    outgoing.write(content.subarray(0, content.length / 2), () => outgoing.destroy());
  } else {
    outgoing.end(content);
  }
}

async function newest(limit: number) {
  return (await client.messages.batches.list({ limit })).data.map((batch) => batch.id);
}

for (const losses of [['all'], ['all', 'all']] as Loss[][]) {
  test(`a create whose answer is lost ${losses.length} times is one batch`, async () => {
    const before = await newest(1);

    await throughAProxy(losses, async (proxy, batches) => {
      const batch = await batches.create({ requests: requests(3, 'lost') });

      assert.deepEqual(proxy.creates, [...losses, 'none'].map((_, count) => String(count)));
      assert.deepEqual(await newest(2), [batch.id, ...before].slice(0, 2));
    });
  });
}

test('a create whose answer is cut is one batch, of which this SDK only learns by the list', async () => {
  const before = await newest(1);

  await throughAProxy(['half'], async (proxy, batches) => {
    await assert.rejects(async () => batches.create({ requests: requests(3, 'cut') }));

    assert.deepEqual(proxy.creates, ['0']);
    assert.deepEqual((await newest(2)).slice(1), before);
  });
});

test('two creates of the same body are two batches', async () => {
  await throughAProxy(['all'], async (_, batches) => {
    const items = requests(3, 'twice');

    const ids = [(await batches.create({ requests: items })).id, (await batches.create({ requests: items })).id];

    assert.deepEqual(await newest(2), ids.reverse());
  });
});
