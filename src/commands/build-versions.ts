import type {Config} from '../config/types.js';
import {loadRecipe, recipeFolders} from '../python/recipe-file.js';
import {recipeVersion} from '../python/recipe-version.js';
import {needVersions, type VersionOf} from '../scenario/builds.js';
import type {Scenario} from '../scenario/types.js';

/** The versions of the builds that were asked for, looked up only when a scenario has a condition on them. */
export async function buildVersions(
  {builds, onlyBuilds, pythonBuild}: Config,
  scenarios: readonly Scenario[],
): Promise<VersionOf> {
  const versions = new Map<string, string | undefined>();
  if (needVersions(scenarios)) {
    for (const name of onlyBuilds ?? builds) {
      const recipe = loadRecipe(name, recipeFolders(pythonBuild));
      if (recipe.ok) versions.set(name, await recipeVersion(recipe.value));
    }
  }
  return (build) => versions.get(build);
}
