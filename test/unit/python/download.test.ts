import {createHash} from 'node:crypto';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {download} from '../../../src/python/download.js';

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'leakline-download-'));
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, {recursive: true});
});

async function listen(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const started = createServer(answer ?? (() => {}));
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/x`;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const target = () => path.join(folder, 'x');

it('gives up on a server that does not answer', async () => {
  const url = await listen(() => {});
  const outcome = await download(url, target(), sha256(''), {connectTimeoutMs: 50});
  expect(outcome).toEqual({
    ok: false,
    error: {reason: 'unavailable', message: 'did not answer within 0.05 s'},
  });
  expect(readdirSync(folder)).toEqual([]);
});

it('gives up on a server that falls silent', async () => {
  const url = await listen((_request, response) => void response.writeHead(200).write('begin'));
  const outcome = await download(url, target(), sha256('begin'), {stallTimeoutMs: 50});
  expect(outcome).toEqual({
    ok: false,
    error: {reason: 'unavailable', message: 'sent nothing more within 0.05 s'},
  });
  expect(readdirSync(folder)).toEqual([]);
});

it('ends at once when it was aborted before', async () => {
  const url = await listen(() => {});
  const outcome = await download(url, target(), sha256(''), {signal: AbortSignal.abort()});
  expect(outcome).toEqual({ok: false, error: {reason: 'aborted'}});
});
