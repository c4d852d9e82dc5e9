import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {withChildren} from '../../../src/run/children.js';
import {collect} from '../../../src/run/collect.js';

const fixture = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../fixtures/xml/${name}`, import.meta.url)), 'utf8');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-children-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** What the XML files say, those of the scenario's own process being the first. */
async function read(...files: readonly (readonly [pid: number, xml: string])[]) {
  for (const [pid, xml] of files) writeFileSync(path.join(folder, `${pid}.xml`), xml);
  const [own = 0] = files[0] ?? [];
  const {saidComplete: _, ...collected} = await withChildren(
    await collect({xml: path.join(folder, `${own}.xml`), maps: []}),
    folder,
    own,
  );
  return collected;
}

const ERRORS = fixture('errors.xml');
const FORK = fixture('fork-child.xml');

/** A fork that listed what it changed, as leakline_forks.c lets it. */
const LISTED = FORK.replace(
  /<status>[\s\S]*?<\/status>/,
  '<clientmsg><tid>1</tid><text>leakline checkpoint 0 of 1</text></clientmsg>' +
    '<clientmsg><tid>1</tid><text>leakline checkpoint 1 of 1</text></clientmsg>',
).replace('111 bytes in 1 blocks', '111 (+111) bytes in 1 (+1) blocks');

describe('a process that the scenario started', () => {
  it('is told by its program and arguments; what it left behind and its errors count', async () => {
    const {children, errors, atExit} = await read([9, fixture('fork-parent.xml')], [10, ERRORS]);
    expect(atExit.map(({bytes}) => bytes)).toEqual([222]);
    expect(children).toMatchObject([{name: 'errors', sinceFork: [], wasKilled: false}]);
    expect(errors.length).toBeGreaterThan(3);
    expect(new Set(errors.map(({child}) => child))).toEqual(new Set(['errors']));
  });

  it('has its errors behind those of the scenario', async () => {
    const {errors} = await read([11, ERRORS], [10, ERRORS]);
    const half = errors.length / 2;
    expect(errors.map(({child}) => child !== undefined)).toEqual([
      ...Array<boolean>(half).fill(false),
      ...Array<boolean>(half).fill(true),
    ]);
  });

  it('and was forked is told by what has changed since', async () => {
    const {children} = await read([9, fixture('leaks.xml')], [10, LISTED]);
    expect(children).toMatchObject([
      {
        name: 'a fork of fork',
        atExit: [],
        sinceFork: [{blocksChange: 1, bytesChange: 111}],
        wasKilled: false,
      },
    ]);
  });

  it('and was forked, and did not say what it inherited, left nothing that is known', async () => {
    const {children} = await read([9, fixture('leaks.xml')], [10, FORK]);
    expect(children).toMatchObject([{atExit: [], sinceFork: [], wasKilled: false}]);
  });

  it.each([
    ['a signal that kills', fixture('killed.xml')],
    ['another signal', fixture('fatal-signal.xml')],
    ['a signal while it lists what it left', LISTED.slice(0, LISTED.indexOf('</error>'))],
    ['a signal at its start', ''],
  ])('and was ended by %s: only its errors are known', async (_, xml) => {
    const {children} = await read([9, fixture('leaks.xml')], [10, xml]);
    expect(children).toMatchObject([{atExit: [], sinceFork: [], wasKilled: true}]);
  });

  it('has a long command line cut', async () => {
    const long = ERRORS.replace('<exe>./errors</exe>', `<exe>./errors</exe><arg>${'x\n'.repeat(200)}</arg>`);
    const {children} = await read([9, fixture('leaks.xml')], [10, long]);
    expect(children?.[0]?.name).toMatch(/^errors (x )+…$/);
  });

  it('has its suppressions added to those of the scenario', async () => {
    const alone = await read([9, fixture('leaks.xml')]);
    const both = await read([9, fixture('leaks.xml')], [10, fixture('leaks.xml')]);
    expect(both.suppressions.map(({name, count}) => [name, count])).toEqual(
      alone.suppressions.map(({name, count}) => [name, 2 * count]),
    );
  });
});

it('a fork of a fork has the names of Python frames of both', async () => {
  const withFrame = (pid: number, ppid: number) =>
    LISTED.replace(/<pid>\d+/, `<pid>${pid}`)
      .replace(/<ppid>\d+/, `<ppid>${ppid}`)
      .replace('<stack>', '<stack><frame><ip>0x5000010</ip></frame><frame><ip>0x5000050</ip></frame>');
  writeFileSync(path.join(folder, '9.map'), '5000000 20 py::g:/a.py\n5000040 20 py::main:/a.py\n');
  writeFileSync(path.join(folder, '10.map'), '5000000 20 py::f:/a.py\n');
  const {children} = await read([9, fixture('leaks.xml')], [10, withFrame(10, 9)], [11, withFrame(11, 10)]);
  const names = children?.map(({sinceFork}) =>
    sinceFork[0]?.stack.slice(0, 2).map((frame) => frame.function),
  );
  expect(names).toEqual([
    ['f', 'main'],
    ['f', 'main'],
  ]);
});
