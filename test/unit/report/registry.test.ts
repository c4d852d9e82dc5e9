import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {openFile} from '../../../src/report/io.js';
import {defaultReporters, openReporters, parseReporter} from '../../../src/report/registry.js';
import {replay} from '../../../src/report/replay.js';
import {fakeIo} from './fake-io.js';
import {summary} from './made.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'leakline-report-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const file = (name: string) => path.join(folder, name);

describe('parseReporter', () => {
  it.each([
    ['terminal', {name: 'terminal', file: undefined}],
    ['junit=out/a=b.xml', {name: 'junit', file: 'out/a=b.xml'}],
  ])('%s', (text, spec) => expect(parseReporter(text)).toEqual({ok: true, value: spec}));

  it.each([
    ['jnuit=a.xml', 'unknown reporter "jnuit", did you mean "junit"?'],
    ['telegram', 'unknown reporter "telegram"'],
    ['', 'unknown reporter ""'],
    ['toString', 'unknown reporter "toString"'],
    ['json=', 'no file after "json="'],
  ])('%j is a problem', (text, message) => {
    expect(parseReporter(text)).toMatchObject({ok: false, error: {message}});
  });
});

it.each([
  [{}, ['terminal']],
  [{GITHUB_ACTIONS: 'true'}, ['terminal', 'github']],
])('without --reporter in %j', (env, names) => expect(defaultReporters(env)).toEqual(names));

describe('openReporters', () => {
  const problemsOf = (texts: readonly string[]) => {
    const opened = openReporters(texts, fakeIo({cwd: folder}));
    if (opened.ok) throw new Error('was opened');
    return opened.error.map(({file: at, message}) => [at, message].filter(Boolean).join(' '));
  };

  it('writes every report, into folders that it makes', async () => {
    const io = fakeIo({cwd: folder});
    const opened = openReporters(['terminal', 'json=a/b.json', 'junit=c.xml', 'terminal=d.txt'], io);
    if (!opened.ok) throw new Error('was not opened');
    replay(summary(), opened.value.onEvent);
    expect(await opened.value.close()).toEqual([]);
    expect(JSON.parse(readFileSync(file('a/b.json'), 'utf8'))).toMatchObject({schemaVersion: 1});
    expect(readFileSync(file('c.xml'), 'utf8')).toContain('<testsuite name="cpython-3.13"');
    expect(readFileSync(file('d.txt'), 'utf8')).toBe(io.out());
  });

  it('removes what an earlier run left, at once', () => {
    writeFileSync(file('old.json'), '{}');
    expect(openReporters(['json=old.json'], fakeIo({cwd: folder})).ok).toBe(true);
    expect(readFileSync(file('old.json'), 'utf8')).toBe('');
  });

  it('changes nothing when one cannot be written', () => {
    writeFileSync(file('old.json'), '{}');
    mkdirSync(file('taken'));
    expect(problemsOf(['json=old.json', 'junit=taken'])).toEqual([
      expect.stringMatching(/^taken cannot be written: EISDIR/),
    ]);
    expect(readFileSync(file('old.json'), 'utf8')).toBe('{}');
  });

  it('names all that cannot be written', () => {
    writeFileSync(file('plain'), '');
    expect(problemsOf(['junit=plain/a.xml', 'json=plain/b.json'])).toHaveLength(2);
  });

  it('opens nothing when a name is unknown', () => {
    expect(problemsOf(['json=new.json', 'nope', 'xyz'])).toEqual([
      'unknown reporter "nope"',
      'unknown reporter "xyz"',
    ]);
    expect(existsSync(file('new.json'))).toBe(false);
  });

  it.each([
    [['json=a', 'junit=a'], ['two reporters write to a']],
    [['json', 'terminal'], ['reporters json and terminal both write to standard output']],
    [['junit', 'json'], ['reporters junit and json both write to standard output']],
    [['json', 'json'], ['reporters json and json both write to standard output']],
  ])('%j would write over each other', (texts, messages) => expect(problemsOf(texts)).toEqual(messages));

  it('writes a document to standard output when it is alone there', async () => {
    const io = fakeIo({cwd: folder});
    const opened = openReporters(['json', 'terminal=a.txt'], io);
    if (!opened.ok) throw new Error('was not opened');
    replay(summary(), opened.value.onEvent);
    await opened.value.close();
    expect(JSON.parse(io.out())).toMatchObject({exitCode: 1});
  });

  it('adds to the step summary of GitHub and keeps what is there', async () => {
    writeFileSync(file('step.md'), 'others\n');
    const io = fakeIo({cwd: folder, env: {GITHUB_STEP_SUMMARY: file('step.md')}});
    const opened = openReporters(['github'], io);
    if (!opened.ok) throw new Error('was not opened');
    replay(summary(), opened.value.onEvent);
    await opened.value.close();
    expect(readFileSync(file('step.md'), 'utf8')).toMatch(/^others\n## leakline: /);
    expect(io.out()).toMatch(/^::error file=scenarios\/json.yaml,line=12,col=1,title=leakline::/);
  });

  it('does without a step summary', async () => {
    const io = fakeIo({cwd: folder, env: {GITHUB_STEP_SUMMARY: ''}});
    const opened = openReporters(['github'], io);
    if (!opened.ok) throw new Error('was not opened');
    replay(summary(), opened.value.onEvent);
    expect(await opened.value.close()).toEqual([]);
  });

  it('keeps the other reports when a disk is full', async () => {
    const io = fakeIo({cwd: folder});
    const opened = openReporters(['junit=/dev/full', 'json=a.json', 'terminal'], io);
    if (!opened.ok) throw new Error('was not opened');
    replay(summary(), opened.value.onEvent);
    expect(await opened.value.close()).toEqual(['junit=/dev/full']);
    expect(io.err()).toMatch(/^reporter junit=\/dev\/full failed at run-finished.*ENOSPC/);
    expect(JSON.parse(readFileSync(file('a.json'), 'utf8'))).toMatchObject({schemaVersion: 1});
    expect(io.out()).toContain('2 regressed in 12.3 s');
  });
});

describe('openFile', () => {
  it('leaves devices as they are', () => {
    const opened = openFile('/dev/null', '/', 'replace');
    if (!opened.ok) throw new Error('was not opened');
    opened.value.clear();
    opened.value.write('x');
    opened.value.close();
    expect(existsSync('/dev/null')).toBe(true);
  });

  it('never clears a file that others write to', () => {
    writeFileSync(file('shared'), 'others');
    const opened = openFile('shared', folder, 'append');
    if (!opened.ok) throw new Error('was not opened');
    opened.value.clear();
    opened.value.write(' and we');
    opened.value.close();
    expect(readFileSync(file('shared'), 'utf8')).toBe('others and we');
  });
});
