import {z} from 'zod';
import {environmentName} from '../config/environment-name.js';
import {ISOLATIONS, NAME_PATTERN, NAME_RULE} from '../config/schema.js';
import {valgrindOption} from '../config/valgrind-option.js';
import type {LeakKind} from '../valgrind/types.js';
import {GROWTH_DEFAULTS} from './defaults.js';
import {PYTHON_KEYWORDS} from './python-keywords.js';
import {isWheelFile, requirementMistake} from './requirement-text.js';
import {CONDITION, isCondition} from './version-condition.js';

const text = z.string().min(1);
const python = text;
const name = z.string().regex(NAME_PATTERN, NAME_RULE);

const buildChoice = z.string().regex(new RegExp(`${NAME_PATTERN.source}|${CONDITION.source}`), {
  error: ({input}) =>
    isCondition(String(input)) ? 'is no condition on versions such as >=3.11 or >=3.9,<3.13' : NAME_RULE,
});

const count = z.int().min(1).max(1_000_000);

const pythonModule = z
  .string()
  .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, 'must be the dotted name of a Python module');

/** Numbers and truth values are taken as the file spells them later, so that 3.10 stays 3.10. */
const word = z.union([z.string(), z.number(), z.boolean()]);

/** Names of a case's variables become Python globals. */
const variable = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'is no Python name')
  .refine((variable) => !PYTHON_KEYWORDS.has(variable), 'is a keyword of Python')
  .refine((variable) => !variable.startsWith('__'), 'must not begin with two underscores');

/** What a text says is wrong with it, as the check of a schema. */
const checkedBy = (mistakeOf: (written: string) => string | undefined) => ({
  error: ({input}: {readonly input?: unknown}) => mistakeOf(String(input)) ?? 'is not allowed',
});

const isRequirement = (written: string) => requirementMistake(written) === undefined;

const packageRequirement = text.refine(isRequirement, checkedBy(requirementMistake)).meta({
  description: 'Python package to build from source with debug information, as PEP 508 writes it',
  examples: ['ujson==5.10.0'],
});

const REQUIREMENT_KEYS = 'extension, program, project and wheel';

const keyedRequirement = z
  .strictObject({
    extension: text
      .regex(/(^|\/)[A-Za-z_]\w*\.(c|cc|cpp|cxx)$/, 'must be a C or C++ file whose name is a Python name')
      .meta({
        description: 'C or C++ file to compile as an extension module of the same name',
        examples: ['../ext/leaky.c'],
      }),
    program: text.regex(/(^|\/)[A-Za-z0-9][\w.-]*\.(c|cc|cpp|cxx)$/, 'must be a C or C++ file').meta({
      description: 'C or C++ file to compile as a program of the same name, found through PATH',
      examples: ['../ext/embed.c'],
    }),
    project: text.meta({
      description:
        'Folder of a Python project to build from source, inside the folder of leakline.yaml; built again when it changes',
      examples: ['..'],
    }),
    wheel: text
      .refine((written) => isWheelFile(written) || isRequirement(written), checkedBy(requirementMistake))
      .meta({
        description: 'Wheel file, or Python package to install from a wheel, as it was published',
        examples: ['numpy==2.1.3', '../dist/spam-1.0-py3-none-any.whl'],
      }),
  })
  .partial()
  .refine((written) => Object.keys(written).length === 1, {
    error: `needs exactly one of ${REQUIREMENT_KEYS}`,
    // A misspelt key has been named already.
    when: ({issues}) => issues.length === 0,
  })
  .meta({
    minProperties: 1,
    maxProperties: 1,
    defaultSnippets: [
      {label: 'extension', body: {extension: '$1'}},
      {label: 'program', body: {program: '$1'}},
      {label: 'project', body: {project: '$1'}},
      {label: 'wheel', body: {wheel: '$1'}},
    ],
  });

const requirement = z
  .union([packageRequirement, keyedRequirement])
  .meta({description: 'Something to compile or install before the scenario runs'});

const blocks = z.number().min(0).meta({default: 0});
const kinds: Record<LeakKind, z.ZodNumber> = {
  definite: blocks,
  indirect: blocks,
  possible: blocks,
  reachable: blocks,
};

/** The keys that say what is run: a scenario has exactly one of them. */
export const RUN_KEYS = ['body', 'code', 'script', 'module', 'command'] as const;

/** A scenario file as its author writes it. */
export const scenarioSchema = z
  .strictObject({
    $schema: text.meta({description: 'For editors; leakline ignores it'}).optional(),
    description: text
      .meta({description: 'What is judged, in one sentence; --grep looks here too'})
      .optional(),
    tags: z
      .array(name)
      .meta({description: 'Words to choose scenarios by: --tag slow, --tag "!slow"', examples: [['slow']]})
      .default([]),
    builds: z
      .array(buildChoice)
      .min(1)
      .meta({
        description:
          'Builds to run on, instead of those of leakline.yaml; a condition such as ">=3.11" chooses among those',
        examples: [['cpython-3.9', '>=3.11']],
      })
      .optional(),
    requires: z
      .array(requirement)
      .meta({
        description:
          'What is compiled or installed before the scenario runs; paths are relative to this file',
      })
      .default([]),
    mode: z
      .enum(['growth', 'exit'])
      .meta({
        description:
          'growth: repeat the body and measure what each iteration leaves behind. exit: run something once and measure what is left when it exits. Follows from the other keys when absent.',
      })
      .optional(),
    timeout: z
      .number()
      .positive()
      .max(86_400)
      .meta({description: 'Time limit in seconds, instead of that of leakline.yaml', examples: [60]})
      .optional(),
    env: z
      .record(environmentName, word)
      .meta({
        description: `Environment variables to set; "\${name}" is replaced by a variable of the case`,
        examples: [{LANG: 'de_DE.UTF-8'}],
      })
      .default({}),
    valgrind: z.array(valgrindOption).meta({description: 'Further options for valgrind'}).default([]),
    suppressions: z
      .array(text)
      .meta({
        description: 'Suppression files, relative to this file',
        examples: [['json.supp']],
      })
      .default([]),
    'trace-children': z
      .boolean()
      .meta({
        description:
          'Judge the programs that the scenario starts and the processes that it forks too: their memory errors, and in mode exit what they leave behind. The scenario then runs in a process of its own.',
        default: false,
      })
      .optional(),
    cases: z
      .record(name, z.record(variable, z.json()))
      .meta({
        description: `Runs the scenario once for each case, as NAME@CASE. Python text sees the variables as globals; in args, command and env "\${name}" is replaced by them.`,
        examples: [{'level-1': {level: 1}, 'level-9': {level: 9}}],
      })
      .optional(),

    setup: python.meta({description: 'Python code that runs once, before anything is measured'}).optional(),
    body: python
      .meta({
        description:
          'Python code that is judged: it runs warmup + checkpoints × iterations times. Let it make fresh objects: constants, small integers and None cost nothing when they leak.',
        examples: ['json.loads(text)\n'],
      })
      .optional(),
    teardown: python.meta({description: 'Python code that runs once, after the last checkpoint'}).optional(),
    warmup: z
      .int()
      .min(0)
      .max(1_000_000)
      .meta({description: 'Times the body runs before the first checkpoint', default: GROWTH_DEFAULTS.warmup})
      .optional(),
    iterations: count
      .meta({
        description: 'Times the body runs between two checkpoints',
        default: GROWTH_DEFAULTS.iterations,
      })
      .optional(),
    checkpoints: z
      .int()
      .min(2)
      .max(100)
      .meta({
        description: 'Intervals that are measured; a leak has to grow in each of them',
        default: GROWTH_DEFAULTS.checkpoints,
      })
      .optional(),
    preload: z
      .array(pythonModule)
      .meta({
        description:
          'Modules that the fork server imports once for all scenarios; none of them may start threads',
        examples: [['json', 'zlib']],
      })
      .optional(),
    isolation: z
      .enum(ISOLATIONS)
      .meta({
        description:
          'fork: a child of an interpreter that has already started. process: an interpreter of its own, slower, for modules that start threads.',
        default: 'fork',
      })
      .optional(),
    tolerance: z
      .strictObject(kinds)
      .partial()
      .meta({description: 'Blocks per iteration that may stay, by kind', examples: [{possible: 0.5}]})
      .optional(),

    code: python.meta({description: 'Python code to run once'}).optional(),
    script: text
      .meta({description: 'Python file to run once, relative to this file', examples: ['_server.py']})
      .optional(),
    module: pythonModule
      .meta({description: 'Python module to run once, as with python -m', examples: ['json.tool']})
      .optional(),
    args: z.array(word).meta({description: 'sys.argv[1:] of code, script or module'}).optional(),
    command: z
      .array(word)
      .min(1)
      .meta({
        description: 'Any program to run once under valgrind, with its arguments',
        examples: [['embed', '--once']],
      })
      .optional(),
  })
  .meta({
    title: 'leakline scenario',
    description: 'What leakline runs under valgrind, and how',
    oneOf: RUN_KEYS.map((key) => ({required: [key]})),
  });

export type ScenarioFile = z.output<typeof scenarioSchema>;
