import {GROWTH_DEFAULTS} from './defaults.js';
import type {ExitWork, GrowthWork} from './types.js';

/** What a new scenario file is to be: its mode. */
export type TemplateMode = (GrowthWork | ExitWork)['mode'];

const requires = (
  project: string,
) => `# What the code below imports: the Python project around this folder, by its path from here, a C
# file under the scenario folder, a package of the index. Each is built with debug information.
# requires:
#   - project: ${project}
#   - extension: spam.c
#   - ujson==5.10.0
`;

const growth = (project: string) => `description: Decoding JSON leaves nothing behind

${requires(project)}
# Runs once, before anything is measured.
setup: |
  import json

  text = json.dumps({'key %d' % n: [n, n / 3.0, 'text'] for n in range(1000, 1010)})

# Runs again and again, and whatever each run leaves behind is reported. Let it make fresh
# objects, as json.loads does here: constants, small integers and None cost nothing when they
# leak, so that their leaks stay invisible.
body: |
  json.loads(text)

# warmup: ${GROWTH_DEFAULTS.warmup}      # times the body runs before the first measurement
# iterations: ${GROWTH_DEFAULTS.iterations}  # times it runs between two measurements
# checkpoints: ${GROWTH_DEFAULTS.checkpoints}  # measurements; a leak has to grow in each of them
`;

const exit = (
  project: string,
) => `description: Decoding JSON once leaves no more behind than the interpreter itself does
mode: exit

${requires(project)}
# Runs once; what is left when the interpreter exits is compared with the baseline. In place of
# code there may be a script, a module (as with python -m) or a command (any program).
code: |
  import json

  json.loads('{"key": [1000, 0.5, "text"]}')
`;

/**
 * The text of a new scenario file that runs as it stands.
 *
 * @param project path of the Python project's folder relative to the file's
 * @param schema path of the JSON Schema relative to the file, for editors
 */
export function scenarioTemplate(mode: TemplateMode, project: string, schema?: string): string {
  const head = schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`;
  return head + (mode === 'growth' ? growth(project) : exit(project));
}

/**
 * The text of the first scenario of an extension's own repository.
 *
 * @param module what the extension is most likely imported as
 */
export function firstScenario(module: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
description: Import and call

# This runs as it stands and judges json. To judge ${module}, name here what builds it: the folder of
# this project, by its path from this file. It is built from source with debug information, and
# again whenever it changes.
# requires:
#   - project: ../..

# Runs once, before anything is measured. Then: import ${module}
setup: |
  import json

  text = json.dumps({'key %d' % n: [n, n / 3.0, 'text'] for n in range(1000, 1010)})

# Runs again and again, and whatever each run leaves behind is reported. Call one function of your
# extension here, and its error paths in further scenarios: that is where leaks are. Let it make
# fresh objects, as json.loads does: constants, small integers and None cost nothing when they leak.
body: |
  json.loads(text)
`;
}
