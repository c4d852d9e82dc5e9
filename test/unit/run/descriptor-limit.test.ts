import {describe, expect, it} from 'vitest';
import {descriptorLimit, withDescriptorLimit} from '../../../src/run/descriptor-limit.js';
import {runChild} from '../../../src/util/child.js';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             unlimited            unlimited            processes
Max open files            ${soft.padEnd(20)} 1073741816           files
Max locked memory         8388608              8388608              bytes
`;

describe('the limit of descriptors', () => {
  it.each([
    ['1024', 1024],
    ['1073741816', 1_073_741_816],
    ['unlimited', Number.POSITIVE_INFINITY],
  ])('%s is read from the table of the kernel', (soft, limit) => {
    expect(descriptorLimit(limits(soft))).toBe(limit);
  });

  it('is none where the table does not say', () => {
    expect(descriptorLimit('')).toBe(Number.POSITIVE_INFINITY);
  });

  it('is found for this process', () => {
    expect(descriptorLimit()).toBeGreaterThan(0);
  });

  it.each([[1024], [1_048_576]])('of %i is left as it is', (limit) => {
    expect(withDescriptorLimit(['valgrind', 'x'], limit)).toEqual(['valgrind', 'x']);
  });

  it.each([[1_048_577], [1_073_741_816], [Number.POSITIVE_INFINITY], [Number.NaN]])(
    'of %d is lowered',
    (limit) => {
      expect(withDescriptorLimit(['valgrind', 'a b', '$x'], limit)).toEqual([
        'sh',
        '-c',
        'ulimit -n 1048576; exec "$@"',
        'sh',
        'valgrind',
        'a b',
        '$x',
      ]);
    },
  );

  it('is lowered for the child, which keeps its process id and its arguments', async () => {
    const argv = withDescriptorLimit(
      ['sh', '-c', 'test "$1" = "a  b" && exit 7', 'sh', 'a  b'],
      Number.POSITIVE_INFINITY,
    );
    const lowered = argv.map((word) => word.replace('1048576', '64'));
    const options = {cwd: '/', env: {PATH: process.env.PATH ?? ''}, log: '/dev/null'};
    expect((await runChild(lowered, options)).outcome).toEqual({reason: 'exited', code: 7});
    const asked = [...argv.slice(0, 4), 'sh', '-c', 'test $(ulimit -n) = 64 && exit 8'].map((word) =>
      word.replace('1048576', '64'),
    );
    expect((await runChild(asked, options)).outcome).toEqual({reason: 'exited', code: 8});
  });
});
