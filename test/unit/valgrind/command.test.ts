import {describe, expect, it} from 'vitest';
import {type MemcheckOptions, memcheckArgv} from '../../../src/valgrind/command.js';

const PLAIN: MemcheckOptions = {
  valgrind: '/usr/bin/valgrind',
  xmlFile: '/run/%p.xml',
  suppressions: [],
  trackFds: false,
  extra: [],
};

it('measures all leaks with whole stacks and without limits', () => {
  expect(memcheckArgv(PLAIN)).toEqual([
    '/usr/bin/valgrind',
    '--command-line-only=yes',
    '--tool=memcheck',
    '--xml=yes',
    '--xml-file=/run/%p.xml',
    '--vgdb=no',
    '--error-limit=no',
    '--num-callers=40',
    '--leak-check=full',
    '--show-leak-kinds=all',
    '--keep-debuginfo=yes',
  ]);
});

describe('an option', () => {
  it.each<[string, Partial<MemcheckOptions>, readonly string[]]>([
    ['a log file', {logFile: '/run/log.%p'}, ['--log-file=/run/log.%p']],
    [
      'one XML file for all',
      {xmlFile: '/run/all.xml'},
      ['--xml-file=/run/all.xml', '--child-silent-after-fork=yes'],
    ],
    ['descriptors', {trackFds: true}, ['--track-fds=yes']],
    ['origins', {trackOrigins: true}, ['--track-origins=yes']],
    ['full stacks', {fullStacks: true}, ['--num-callers=500']],
    ['children', {traceChildren: 'leaks'}, ['--trace-children=yes']],
    ['errors of children', {traceChildren: 'errors'}, ['--show-leak-kinds=none', '--trace-children=yes']],
    [
      'suppressions',
      {suppressions: ['a b.supp', 'c.supp']},
      ['--suppressions=a b.supp', '--suppressions=c.supp'],
    ],
    ['options that are off', {trackOrigins: false, fullStacks: false, traceChildren: undefined}, []],
  ])('adds or changes its own arguments only: %s', (_name, options, expected) => {
    const argv = memcheckArgv({...PLAIN, ...options});
    const plain = memcheckArgv(PLAIN);
    expect(argv.filter((argument) => !plain.includes(argument))).toEqual(expected);
  });
});

it('lets children speak where each line has a process id', () => {
  const {xmlFile: _, ...text} = PLAIN;
  expect(memcheckArgv(text)).toContain('--child-silent-after-fork=yes');
  expect(memcheckArgv({...text, traceChildren: 'leaks'})).not.toContain('--child-silent-after-fork=yes');
});

it('puts the extra options last, where they win', () => {
  const extra = ['--num-callers=60', '--max-stackframe=4000000'];
  expect(memcheckArgv({...PLAIN, suppressions: ['a.supp'], extra}).slice(-3)).toEqual([
    '--suppressions=a.supp',
    ...extra,
  ]);
});
