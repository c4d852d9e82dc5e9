import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {
  mirrorList,
  parseDeb822Sources,
  parseMirrorList,
  parseOneLineSources,
  poolAddresses,
  readAptArchives,
} from '../../../src/python/apt-mirrors.js';

describe('parseOneLineSources', () => {
  it.each([
    ['deb http://a.example.test/debian stable main', [['http://a.example.test/debian', 'main']]],
    [
      '  deb\thttp://a.example.test/debian/  stable  main contrib ',
      [['http://a.example.test/debian', 'main contrib']],
    ],
    [
      'deb [arch=amd64 signed-by=/k.gpg] https://a.example.test/u s main',
      [['https://a.example.test/u', 'main']],
    ],
    ['deb-src http://a.example.test/debian stable main', [['http://a.example.test/debian', 'main']]],
    ['deb http://a.example.test/debian stable main # comment', [['http://a.example.test/debian', 'main']]],
    ['# deb http://a.example.test/debian stable main', []],
    ['deb http://a.example.test/flat ./', []],
    ['rubbish', []],
    ['', []],
  ])('%j', (text, expected) => {
    const found = parseOneLineSources(text).map(({uri, components}) => [uri, components.join(' ')]);
    expect(found).toEqual(expected);
  });
});

describe('parseDeb822Sources', () => {
  it('reads several stanzas, fields over several lines and comments between them', () => {
    const text = [
      '# a comment before',
      'Types: deb',
      '# a comment within',
      'URIs: http://a.example.test/debian/ http://b.example.test/debian',
      'Suites: stable',
      ' stable-updates',
      'Components: main',
      '  contrib',
      '',
      ' ',
      'types: deb',
      'uris:',
      ' http://c.example.test/debian',
      'suites: stable',
      'components: main',
    ].join('\n');
    expect(parseDeb822Sources(text)).toEqual([
      {uri: 'http://a.example.test/debian', components: ['main', 'contrib']},
      {uri: 'http://b.example.test/debian', components: ['main', 'contrib']},
      {uri: 'http://c.example.test/debian', components: ['main']},
    ]);
  });

  it.each(['no', 'No', 'false'])('leaves out what is disabled by "%s"', (word) => {
    expect(
      parseDeb822Sources(`Types: deb\nURIs: http://a.example.test/d\nComponents: main\nEnabled: ${word}\n`),
    ).toEqual([]);
  });

  it('finds nothing in nothing', () => {
    expect(parseDeb822Sources('')).toEqual([]);
  });
});

describe('readAptArchives', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'leakline-apt-'));
    mkdirSync(path.join(folder, 'sources.list.d'));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  it('joins both formats, each archive once, and reads no other file', () => {
    writeFileSync(path.join(folder, 'sources.list'), 'deb http://a.example.test/debian s main\n');
    const parts = path.join(folder, 'sources.list.d');
    writeFileSync(
      path.join(parts, 'b.sources'),
      'Types: deb\nURIs: http://b.example.test/d\nComponents: main\n',
    );
    writeFileSync(path.join(parts, 'c.list'), 'deb http://a.example.test/debian s universe\n');
    writeFileSync(path.join(parts, 'd.list.disabled'), 'deb http://d.example.test/debian s main\n');
    expect(readAptArchives(folder)).toEqual([
      {uri: 'http://a.example.test/debian', components: ['main', 'universe']},
      {uri: 'http://b.example.test/d', components: ['main']},
    ]);
  });

  it('finds nothing on a machine without apt', () => {
    expect(readAptArchives(path.join(folder, 'none'))).toEqual([]);
  });
});

describe('poolAddresses', () => {
  const pool = 'p/python3.13/x.tar.xz';
  it.each([
    [
      'http://a.example.test/debian',
      ['main', 'contrib'],
      ['http://a.example.test/debian/pool/main/p/python3.13/x.tar.xz'],
    ],
    [
      'https://a.example.test/ubuntu',
      ['universe', 'main'],
      [
        'https://a.example.test/ubuntu/pool/main/p/python3.13/x.tar.xz',
        'https://a.example.test/ubuntu/pool/universe/p/python3.13/x.tar.xz',
      ],
    ],
    ['http://a.example.test/tools', ['stable'], []],
    ['cdrom:[Debian]', ['main'], []],
    ['file:/srv/debian', ['main'], []],
  ])('%s %j', (uri, components, expected) => {
    expect(poolAddresses({uri, components}, pool)).toEqual(expected);
  });
});

it.each([
  ['mirror+file:/etc/apt/mirrors.txt', {type: 'file', at: '/etc/apt/mirrors.txt'}],
  ['mirror+file:///etc/apt/mirrors.txt', {type: 'file', at: '/etc/apt/mirrors.txt'}],
  ['mirror://m.example.test/list', {type: 'web', at: 'http://m.example.test/list'}],
  ['mirror+https://m.example.test/list', {type: 'web', at: 'https://m.example.test/list'}],
  ['http://m.example.test/debian', undefined],
])('mirrorList %s', (uri, expected) => {
  expect(mirrorList(uri)).toEqual(expected);
});

it('parseMirrorList takes the address of each line', () => {
  const text = '# ours\nhttp://a.example.test/debian/\tpriority:1\n\nhttp://b.example.test/debian # near\n';
  expect(parseMirrorList(text)).toEqual(['http://a.example.test/debian', 'http://b.example.test/debian']);
});
