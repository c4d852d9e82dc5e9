import type {Config} from '../../config/types.js';
import {readLastRun} from '../../report/run-log.js';
import type {LoadedScenarios} from '../../scenario/load.js';
import {type Selection, selectScenarios} from '../../scenario/select.js';
import type {Problem} from '../../util/problem.js';
import {fail, ok, type Result} from '../../util/result.js';

/**
 * Why a selection has no scenario: a mistake, or a remark where that is as it should be.
 *
 * @param isLastFailed whether only what failed in the last run was asked for
 */
export function nothingToRun(
  {cwd, scenarios: folder, stateDirectory}: Config,
  {scenarios, problems}: LoadedScenarios,
  {shard, ...selection}: Selection,
  isLastFailed: boolean,
): Result<string, readonly Problem[]> {
  if (problems.length > 0) return fail(problems);
  if (scenarios.length === 0) {
    return fail([{message: `No scenario to run in ${folder}`, next: 'leakline scenario new NAME'}]);
  }
  if (isLastFailed) {
    return readLastRun(stateDirectory) === undefined
      ? fail([{message: 'There is no run to work from', next: 'leakline run'}])
      : ok('Nothing of that failed in the last run.');
  }
  const ofAllShards = selectScenarios({cwd, scenarios}, selection);
  if (shard !== undefined && ofAllShards.ok && ofAllShards.value.length > 0) {
    return ok(`Nothing falls to shard ${shard}: there are fewer scenarios than shards.`);
  }
  return fail([{message: 'No scenario fits all that was asked for', next: 'leakline scenario list'}]);
}
