import type {Config} from '../config/types.js';
import {defined} from '../util/defined.js';
import {present} from '../util/present.js';
import {unreachable} from '../util/unreachable.js';
import {GROWTH_DEFAULTS} from './defaults.js';
import type {NamedFiles} from './files.js';
import type {RunKey} from './keys.js';
import type {ScenarioFile} from './schema.js';
import type {Sections} from './section.js';
import type {ExitWork, GrowthWork} from './types.js';

/** What a checked scenario file asks to be run, with the defaults filled in. */
export interface WorkParts {
  readonly run: RunKey;
  readonly value: ScenarioFile;
  readonly sections: Sections;
  readonly files: NamedFiles;
}

/** The children of a fork server share its folder, and what they start could not be told apart there. */
const isolationOf = (
  value: ScenarioFile,
  {onlyIsolation, isolation}: Pick<Config, 'isolation' | 'onlyIsolation'>,
) => (value['trace-children'] ? 'process' : (onlyIsolation ?? value.isolation ?? isolation));

/** @param words the entries of a list of the file with the case's variables in them */
export function makeWork(
  {run, value, sections, files}: WorkParts,
  words: (key: 'args' | 'command') => readonly string[],
  config: Pick<Config, 'isolation' | 'onlyIsolation'>,
): GrowthWork | ExitWork {
  const setup = defined({setup: sections.setup});
  switch (run) {
    case 'body':
      return {
        mode: 'growth',
        ...setup,
        body: present(sections.body, 'body'),
        ...defined({teardown: sections.teardown}),
        warmup: value.warmup ?? GROWTH_DEFAULTS.warmup,
        iterations: value.iterations ?? GROWTH_DEFAULTS.iterations,
        checkpoints: value.checkpoints ?? GROWTH_DEFAULTS.checkpoints,
        preload: value.preload ?? [],
        isolation: isolationOf(value, config),
        tolerance: defined(value.tolerance ?? {}),
      };
    case 'code': {
      const code = present(sections.code, 'code');
      return {mode: 'exit', run: {type: 'code', ...setup, code, args: words('args')}};
    }
    case 'script': {
      const path = present(files.script, 'script');
      return {mode: 'exit', run: {type: 'script', ...setup, path, args: words('args')}};
    }
    case 'module': {
      const name = present(value.module, 'module');
      return {mode: 'exit', run: {type: 'module', ...setup, name, args: words('args')}};
    }
    case 'command':
      return {mode: 'exit', run: {type: 'command', argv: words('command')}};
    default:
      return unreachable(run);
  }
}
