import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type RequestListener, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {obtainArchive} from '../../../src/python/archive.js';
import type {BuildEvent} from '../../../src/python/events.js';
import type {Release} from '../../../src/python/recipe.js';

const CONTENT = 'the archive';
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const UPSTREAM = 'Python-3.13.5.tar.xz';
const DEBIAN = 'python3.13_3.13.5.orig.tar.xz';

let root: string;
let site: string;
let server: Server;
let answer: RequestListener;
let asked: string[];
let events: BuildEvent[];
beforeEach(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'leakline-archive-'));
  mkdirSync(path.join(root, 'apt'));
  asked = [];
  events = [];
  answer = (_request, response) => void response.writeHead(404).end();
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, {recursive: true});
});

const inRoot = (...parts: string[]) => path.join(root, ...parts);
const serve = (paths: Readonly<Record<string, string>>): RequestListener => {
  return ({url = ''}, response) => {
    const body = paths[url];
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, {'content-length': body.length}).end(body);
  };
};

function put(file: string, content: string): string {
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, content);
  return file;
}

const obtain = (options: {sources?: string; signal?: AbortSignal; release?: Partial<Release>} = {}) =>
  obtainArchive(
    {
      version: '3.13.5',
      archive: UPSTREAM,
      sha256: SHA256,
      url: `${site}/ftp/${UPSTREAM}`,
      pool: `p/python3.13/${DEBIAN}`,
      ...options.release,
    },
    {
      build: 'cpython-3.13',
      downloads: inRoot('downloads'),
      sources: options.sources,
      aptFolder: inRoot('apt'),
      signal: options.signal,
      onEvent: (event) => events.push(event),
    },
  );

describe('an archive that lies here', () => {
  it.each([
    ['the folder of the user, by its upstream name', 'mine', UPSTREAM, 'mine'],
    ["the folder of the user, by Debian's name", 'mine', DEBIAN, 'mine'],
    ['the file that the user names', 'mine', UPSTREAM, path.join('mine', UPSTREAM)],
    ['the downloads', 'downloads', UPSTREAM, 'mine'],
  ])('is taken from %s', async (_what, folder, name, sources) => {
    const file = put(inRoot(folder, name), CONTENT);
    expect(await obtain({sources: inRoot(sources)})).toEqual({ok: true, value: file});
    expect(asked).toEqual([]);
  });

  it.each(['mine', 'downloads'])('in %s with a wrong checksum ends the search and stays', async (folder) => {
    const file = put(inRoot(folder, UPSTREAM), 'not the archive');
    answer = serve({[`/ftp/${UPSTREAM}`]: CONTENT});
    const result = await obtain({sources: inRoot('mine')});
    expect(result).toMatchObject({ok: false});
    const problem = result.ok ? undefined : result.error;
    expect(problem?.message).toContain(file);
    expect(problem?.detail).toContain(SHA256);
    expect(problem?.detail).toContain(createHash('sha256').update('not the archive').digest('hex'));
    expect(readFileSync(file, 'utf8')).toBe('not the archive');
    expect(asked).toEqual([]);
  });

  it('is not a file of another version', async () => {
    const other = put(inRoot('Python-3.12.0.tar.xz'), 'another');
    put(inRoot('downloads', UPSTREAM), CONTENT);
    expect(await obtain({sources: other})).toMatchObject({ok: true});
  });
});

describe('an archive that is fetched', () => {
  it("comes from CPython's site first", async () => {
    answer = serve({[`/ftp/${UPSTREAM}`]: CONTENT});
    expect(await obtain()).toEqual({ok: true, value: inRoot('downloads', UPSTREAM)});
    expect(readFileSync(inRoot('downloads', UPSTREAM), 'utf8')).toBe(CONTENT);
    expect(events.at(-1)).toEqual({
      type: 'download-progress',
      build: 'cpython-3.13',
      place: `${site}/ftp/${UPSTREAM}`,
      receivedBytes: CONTENT.length,
      totalBytes: CONTENT.length,
    });
  });

  it("comes from the pool of apt's mirrors next, in their order, and is kept under its upstream name", async () => {
    put(inRoot('apt', 'sources.list'), `deb ${site}/one s main\ndeb ${site}/two s main\n`);
    answer = serve({[`/two/pool/main/p/python3.13/${DEBIAN}`]: CONTENT});
    expect(await obtain()).toEqual({ok: true, value: inRoot('downloads', UPSTREAM)});
    expect(asked).toEqual([
      `/ftp/${UPSTREAM}`,
      `/one/pool/main/p/python3.13/${DEBIAN}`,
      `/two/pool/main/p/python3.13/${DEBIAN}`,
    ]);
    expect(events.filter(({type}) => type === 'source-missing')).toHaveLength(2);
  });

  it.each([
    ['a file', () => `mirror+file:${put(inRoot('mirrors'), `${site}/listed\tpriority:1\n`)}`],
    ['the web', () => `mirror+${site}/list`],
  ])('comes from a mirror of a list in %s', async (_where, uri) => {
    put(inRoot('apt', 'sources.list.d', 'a.sources'), `Types: deb\nURIs: ${uri()}\nComponents: main\n`);
    answer = serve({
      '/list': `${site}/listed`,
      [`/listed/pool/main/p/python3.13/${DEBIAN}`]: CONTENT,
    });
    expect(await obtain()).toMatchObject({ok: true});
  });

  it('with a wrong checksum ends the search and leaves nothing', async () => {
    put(inRoot('apt', 'sources.list'), `deb ${site}/one s main\n`);
    answer = serve({
      [`/ftp/${UPSTREAM}`]: 'a login page',
      [`/one/pool/main/p/python3.13/${DEBIAN}`]: CONTENT,
    });
    const result = await obtain();
    expect(result.ok ? '' : result.error.detail).toContain(SHA256);
    expect(asked).toHaveLength(1);
    expect(readdirSync(inRoot('downloads'))).toEqual([]);
  });

  it('that breaks off is not taken', async () => {
    answer = (_request, response) => {
      response.writeHead(200, {'content-length': CONTENT.length});
      response.write(CONTENT.slice(0, 4));
      setTimeout(() => response.destroy(), 20);
    };
    expect(await obtain()).toMatchObject({ok: false});
    expect(readdirSync(inRoot('downloads'))).toEqual([]);
  });

  it('is not waited for after an abort', async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    const result = await obtain({signal: controller.signal});
    expect(result.ok ? '' : result.error.message).toContain('interrupted');
    expect(asked).toHaveLength(1);
  });

  it('says that the downloads cannot be written', async () => {
    put(inRoot('downloads'), 'a file where the folder should be');
    const result = await obtain();
    expect(result.ok ? '' : result.error.message).toContain('cannot be written');
  });
});

it('lists every place when none has it, and what to do', async () => {
  put(inRoot('apt', 'sources.list'), `deb ${site}/one s main\ndeb http://127.0.0.1:1/two s main\n`);
  const result = await obtain({sources: inRoot('mine')});
  if (result.ok) throw new Error('it was found');
  const places = (result.error.detail ?? '').split('\n');
  expect(places).toHaveLength(5);
  expect(places[0]).toContain(inRoot('mine'));
  expect(places[1]).toContain(inRoot('downloads'));
  expect(places[2]).toMatch(/\/ftp\/.*: answered 404/);
  expect(places[3]).toMatch(/\/one\/pool\/main\/.*: answered 404/);
  expect(places[4]).toMatch(/127\.0\.0\.1:1\/two.*: \S/);
  expect(result.error.next).toContain(`put ${UPSTREAM} or ${DEBIAN} into ${inRoot('downloads')}`);
  expect(existsSync(inRoot('downloads'))).toBe(true);
});
