import {expect, it} from 'vitest';
import {
  featuresOf,
  formatValgrindVersion,
  isAtLeast,
  parseValgrindVersion,
} from '../../../src/valgrind/version.js';

it.each([
  ['valgrind-3.19.0', '3.19.0'],
  ['valgrind-3.19.0\n', '3.19.0'],
  ['valgrind-3.23.0.GIT', '3.23.0'],
  ['valgrind-3.18.1-42.el9', '3.18.1'],
  ['valgrind-3.22', '3.22.0'],
  ['Using Valgrind-3.26.1 and LibVEX; rerun with -h for copyright info', '3.26.1'],
])('reads %j as %s', (text, expected) => {
  const version = parseValgrindVersion(text);
  expect(version && formatValgrindVersion(version)).toBe(expected);
});

it.each(['', 'valgrind', 'valgrind-', '3.19.0', 'notvalgrind-3', 'valgrind: command not found'])(
  'finds no version in %j',
  (text) => {
    expect(parseValgrindVersion(text)).toBeUndefined();
  },
);

const at = (text: string) => {
  const version = parseValgrindVersion(`valgrind-${text}`);
  if (version === undefined) throw new Error(`no version: ${text}`);
  return version;
};

it.each([
  ['3.19.0', '3.19.0', true],
  ['3.19.0', '3.19.1', false],
  ['3.19.1', '3.19.0', true],
  ['3.9.0', '3.19.0', false],
  ['3.20.0', '3.19.9', true],
  ['4.0.0', '3.99.99', true],
  ['2.99.0', '3.0.0', false],
])('%s is at least %s: %s', (version, wanted, expected) => {
  expect(isAtLeast(at(version), at(wanted))).toBe(expected);
});

const NEW_KINDS = ['ReallocZero', 'BadAlign', 'BadSize', 'SizeMismatch', 'AlignMismatch', 'UnsafeZeroSize'];

it.each([
  // version, supported, descriptors, DWARF 5, new records, suppressed errors, unknown kinds
  ['3.15.0', false, false, false, false, false, NEW_KINDS],
  ['3.16.0', true, false, false, false, false, NEW_KINDS],
  ['3.19.0', true, false, false, false, false, NEW_KINDS],
  ['3.20.0', true, false, true, false, false, NEW_KINDS],
  ['3.21.0', true, false, true, true, false, NEW_KINDS.slice(1)],
  ['3.22.0', true, false, true, true, false, ['UnsafeZeroSize']],
  ['3.23.0', true, true, true, true, true, ['UnsafeZeroSize']],
  ['3.26.0', true, true, true, true, true, []],
  ['4.0.0', true, true, true, true, true, []],
])('%s has its features', (text, ...expected) => {
  const features = featuresOf(at(text));
  expect([
    features.isSupported,
    features.hasDescriptorsInXml,
    features.readsDwarf5,
    features.marksNewRecords,
    features.listsSuppressedErrors,
    features.unknownSuppressionKinds,
  ]).toEqual(expected);
});
