import {expect, it} from 'vitest';
import {shownPath} from '../../../src/util/shown-path.js';

it.each([
  ['/a/b', '/a/b/c.yaml', 'c.yaml'],
  ['/a/b/c', '/a/b/d.yaml', '../d.yaml'],
  ['/a/b/c/d', '/x.yaml', '/x.yaml'],
  ['/a', '/a', '.'],
])('in %s %s is %s', (cwd, file, shown) => {
  expect(shownPath(cwd, file)).toBe(shown);
});
