import path from 'node:path';
import type {Config} from '../config/types.js';
import type {BaselineStore} from '../judge/store.js';

/** The baselines of a project. */
export const baselineStore = ({baselines, root, stateDirectory}: Config): BaselineStore => ({
  folder: baselines,
  root,
  lock: path.join(stateDirectory, 'baselines.lock'),
});
