import {expect, it} from 'vitest';
import type {LeaklineEvent, Reporter} from '../../../src/report/events.js';
import {multiplex} from '../../../src/report/multiplexer.js';
import {fakeIo} from './fake-io.js';

const notice = (message: string): LeaklineEvent => ({type: 'notice', message});

function recorder(): Reporter & {readonly seen: string[]} {
  const seen: string[] = [];
  return {seen, onEvent: ({type}) => void seen.push(type), close: () => void seen.push('close')};
}

it('survives a reporter that throws, and says so once at the end', async () => {
  const io = fakeIo();
  const [first, last] = [recorder(), recorder()];
  let attempts = 0;
  const broken: Reporter = {
    onEvent: () => {
      attempts++;
      throw new Error('no space left\u001b[2J');
    },
    close: () => Promise.reject(new Error('still none')),
  };
  const reporters = multiplex(
    [
      {name: 'terminal', reporter: first},
      {name: 'junit=a.xml', reporter: broken},
      {name: 'json=a.json', reporter: last},
    ],
    io.stderr,
  );
  reporters.onEvent(notice('one'));
  reporters.onEvent(notice('two'));
  expect(io.err()).toBe('');
  expect(await reporters.close()).toEqual(['junit=a.xml']);
  expect(io.err()).toBe(
    'reporter junit=a.xml failed at notice, its report is incomplete: no space left\\x1b[2J\n',
  );
  expect(attempts).toBe(2);
  expect(first.seen).toEqual(['notice', 'notice', 'close']);
  expect(last.seen).toEqual(first.seen);
});

it('says nothing when all is well, and needs no hook', async () => {
  const io = fakeIo();
  const reporters = multiplex([{name: 'mute', reporter: {}}], io.stderr);
  reporters.onEvent(notice('one'));
  expect(await reporters.close()).toEqual([]);
  expect(io.err()).toBe('');
});

it('names a reporter that fails to close', async () => {
  const io = fakeIo();
  const close = () => {
    throw 'text';
  };
  expect(await multiplex([{name: 'json', reporter: {close}}], io.stderr).close()).toEqual(['json']);
  expect(io.err()).toBe('reporter json failed at close, its report is incomplete: text\n');
});
