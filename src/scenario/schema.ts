import {z} from 'zod';

const text = z.string().min(1);
const python = text.describe('Python code');
const names = z.array(text);
const count = z.int().min(1).max(1_000_000);

/** Baselines are files named after scenarios and cases, also on file systems that know no `:` or `*`. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const requirement = z
  .union([
    z.strictObject({extension: text.describe('C or C++ file to compile as an extension module')}),
    z.strictObject({program: text.describe('C or C++ file to compile as a program')}),
  ])
  .describe('Something to compile before the scenario runs');

const tolerance = z
  .strictObject({
    definite: z.number().min(0),
    indirect: z.number().min(0),
    possible: z.number().min(0),
    reachable: z.number().min(0),
  })
  .partial();

/** A scenario file as its author writes it. */
export const scenarioSchema = z
  .strictObject({
    $schema: text.describe('For editors; leakline ignores it').optional(),
    description: text.optional(),
    tags: names.default([]),
    builds: names.min(1).describe('Builds to run on; those of leakline.yaml by default').optional(),
    requires: z.array(requirement).default([]),
    mode: z
      .enum(['growth', 'exit'])
      .describe('growth (the default when there is a body): repeat the body; exit: run once')
      .optional(),
    timeout: z.number().positive().max(86_400).describe('Seconds').optional(),
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.coerce.string()).default({}),
    valgrind: z.array(text.startsWith('--')).describe('Further options for valgrind').default([]),
    suppressions: names.describe('Suppression files').default([]),
    cases: z
      .record(z.string().regex(NAME_PATTERN), z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.json()))
      .describe('One scenario, several sets of variables')
      .optional(),

    setup: python.describe('Runs once, before anything is measured').optional(),
    body: python.describe('Runs warmup + checkpoints × iterations times').optional(),
    teardown: python.describe('Runs once, after the last checkpoint').optional(),
    warmup: z.int().min(0).max(1_000_000).optional(),
    iterations: count.optional(),
    checkpoints: z.int().min(2).max(100).optional(),
    preload: names.describe('Modules that the fork server imports once for all').optional(),
    isolation: z.enum(['fork', 'process']).optional(),
    tolerance: tolerance.describe('Blocks per iteration that may stay, by kind').optional(),

    code: python.describe('Runs once').optional(),
    script: text.describe('Python file, beside the scenario').optional(),
    module: text.describe('Python module, as with python -m').optional(),
    args: z.array(z.coerce.string()).optional(),
    command: z.array(z.coerce.string()).min(1).describe('Any program under valgrind').optional(),
  })
  .describe('A leakline scenario');

export type ScenarioFile = z.output<typeof scenarioSchema>;
