import {expect, it} from 'vitest';
import {wantsColour} from '../../../src/report/text/paint.js';

it.each([
  [{}, true, true],
  [{}, false, false],
  [{TERM: 'dumb'}, true, false],
  [{NO_COLOR: '1'}, true, false],
  [{NO_COLOR: ''}, true, true],
  [{FORCE_COLOR: '1'}, false, true],
  [{FORCE_COLOR: '0'}, true, false],
  [{FORCE_COLOR: 'false'}, true, false],
  [{FORCE_COLOR: ''}, false, false],
  [{FORCE_COLOR: '1', NO_COLOR: '1'}, false, true],
  [{FORCE_COLOR: '3', TERM: 'dumb'}, true, true],
])('%j on a terminal: %s, wants colour: %s', (env, isTerminal, expected) => {
  expect(wantsColour(env, isTerminal)).toBe(expected);
});
