import {defineConfig} from 'vitest/config';

/** An end-to-end test may have to compile a CPython, and what it measures runs under valgrind. */
const E2E_TIMEOUT_MS = 600_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/unit/**/*.test.ts'],
          sequence: {groupOrder: 0},
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/support/global-setup.ts'],
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
          // leakline itself uses all processors; after the unit tests, whose failures come at once.
          maxWorkers: 1,
          sequence: {groupOrder: 1},
        },
      },
    ],
  },
});
