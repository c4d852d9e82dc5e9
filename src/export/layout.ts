import path from 'node:path';
import {z} from 'zod';
import {PROFILES} from '../python/recipe.js';
import type {JobFiles} from '../run/job.js';

/** Changes when an older or newer leakline would misread an export or its results. */
export const FORMAT = 1;

/** Stand in the files of an export for what only the machine knows that it is unpacked on. */
export const ROOT = '@LEAKLINE_ROOT@';
export const VALGRIND = '@LEAKLINE_VALGRIND@';

/** Names within an export, and within its results. */
export const NAMES = {
  manifest: 'export.json',
  list: 'scenarios.txt',
  script: 'run.sh',
  readme: 'README.md',
  jobs: 'jobs',
  command: 'command.sh',
  seconds: 'seconds',
  prefix: 'prefix',
  probe: 'probe',
  agent: 'agent',
  suppressions: 'suppressions',
  extensions: 'extensions',
  programs: 'programs',
  scripts: 'scripts',
  results: 'results',
  target: 'target.txt',
  outcome: 'outcome.txt',
  pid: 'pid',
} as const;

/** The path of something in an export, on the machine that it is unpacked on. */
export const onTarget = (...parts: readonly string[]): string => path.posix.join(ROOT, ...parts);

/** Files of a job in the folder of its results. */
export function filesIn(folder: string): JobFiles {
  return {
    folder,
    work: path.join(folder, 'work'),
    task: path.join(folder, 'task.json'),
    status: path.join(folder, 'status.jsonl'),
    output: path.join(folder, 'output.txt'),
  };
}

const numberSchema = z.string().regex(/^\d{4}$/);

const jobSchema = z.object({
  number: numberSchema,
  scenario: z.string(),
  /** The scenario file as the stacks name it. */
  file: z.string(),
  /** Tells whether the scenario is still what it was when it was exported. */
  identity: z.string(),
  /** Growth mode: iterations between two checkpoints. */
  iterations: z.number(),
  timeoutMs: z.number(),
  /** Exit mode: the job that measures what an empty scenario leaves behind. */
  floor: numberSchema.optional(),
  /** Where its processes are looked into: the one that measures what a Python leaves that it starts. */
  childFloor: numberSchema.optional(),
});

export type ExportedJob = z.output<typeof jobSchema>;

/** What an export says of itself; its results carry a copy. */
export const manifestSchema = z.object({
  format: z.literal(FORMAT),
  leakline: z.string(),
  build: z.string(),
  fingerprint: z.string(),
  profile: z.enum(PROFILES),
  version: z.tuple([z.number(), z.number(), z.number()]),
  host: z.string().optional(),
  jobs: z.array(jobSchema),
});

export type ExportManifest = z.output<typeof manifestSchema>;
