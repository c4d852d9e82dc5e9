import {z} from 'zod';

/** Options that leakline sets itself and whose change would take its results away. */
const OWN_OPTIONS = new Set([
  '--child-silent-after-fork',
  '--error-exitcode',
  '--help',
  '--help-debug',
  '--leak-check',
  '--log-fd',
  '--log-file',
  '--log-socket',
  '--quiet',
  '--show-leak-kinds',
  '--suppressions',
  '--tool',
  '--version',
  '--xml',
  '--xml-fd',
  '--xml-file',
  '--xml-socket',
]);

/** One further option for valgrind's command line. */
export const valgrindOption = z
  .string()
  .regex(/^--[a-z][a-z0-9-]*(=.*)?$/, 'must be an option of valgrind such as --track-origins=yes')
  .superRefine((option, context) => {
    const [name = ''] = option.split('=', 1);
    if (name === '--trace-children') context.addIssue('write trace-children: true into the scenario');
    else if (name === '--suppressions') context.addIssue('write the files under the key "suppressions"');
    else if (OWN_OPTIONS.has(name)) context.addIssue(`${name} is set by leakline itself`);
  })
  .meta({examples: ['--track-origins=yes', '--num-callers=50']});
