import {z} from 'zod';
import {environmentName} from './environment-name.js';
import {valgrindOption} from './valgrind-option.js';

const text = z.string().min(1);

/** Names become parts of file names, also on file systems that know no `:` or `*`. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export const NAME_RULE = 'must begin with a letter or digit and hold only letters, digits, ".", "_" and "-"';

export const ISOLATIONS = ['fork', 'process'] as const;

export const jobCount = z.int().min(1).max(1024);

/** A leakline.yaml as its author writes it. */
export const configSchema = z
  .strictObject({
    scenarios: text.meta({description: 'Folder of the scenarios', default: 'scenarios'}),
    baselines: text.meta({
      description: 'Folder of the baselines; __baselines__ in the scenario folder by default',
    }),
    pythonBuild: text.meta({
      description: 'Folder of build recipes of your own; python-build by default, if there is one',
    }),
    builds: z
      .array(z.string().regex(NAME_PATTERN, NAME_RULE))
      .min(1)
      .meta({description: 'Builds that scenarios run on', default: ['cpython-3.13']}),
    jobs: jobCount.meta({description: 'Scenarios that run at once; as many as processors by default'}),
    timeout: z
      .number()
      .positive()
      .max(86_400)
      .meta({description: 'Time limit of a scenario in seconds', default: 300}),
    isolation: z.enum(ISOLATIONS).meta({
      description:
        'fork: growth scenarios share an interpreter that has started; process: each starts its own',
      default: 'fork',
    }),
    suppressions: z.array(text).meta({description: 'Suppression files for every scenario'}),
    valgrind: z.array(valgrindOption).meta({description: 'Further options for valgrind'}),
    passEnv: z.array(environmentName).meta({
      description: 'Variables of your environment that scenarios may see',
      examples: [['SSL_CERT_FILE']],
    }),
  })
  .partial()
  .describe('Settings of leakline');
