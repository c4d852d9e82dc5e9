import {readFileSync} from 'node:fs';
import type {PackageRequirement} from '../scenario/types.js';
import {shortHash} from '../util/hash.js';
import type {Problem} from '../util/problem.js';
import {fail, ok, type Result} from '../util/result.js';
import {unreachable} from '../util/unreachable.js';
import type {PythonBuild} from './manifest.js';
import {projectIdentity} from './project-tree.js';

/** Raised when environments made by earlier versions of leakline are not to be used any more. */
const FORMAT = 1;

/** What tells one requirement from another: its text, or the content that it stands for now. */
export interface Identified {
  readonly requirement: PackageRequirement;
  readonly identity: string;
}

/** Looks at the files of local requirements. */
export function identify(
  requirements: readonly PackageRequirement[],
  leaveOut: readonly string[],
): Result<readonly Identified[], Problem> {
  const identified: Identified[] = [];
  for (const requirement of requirements) {
    try {
      identified.push({requirement, identity: identityOf(requirement, leaveOut)});
    } catch (error) {
      if (!('path' in requirement) || (error as NodeJS.ErrnoException).code === undefined) throw error;
      return fail({file: requirement.path, message: `cannot be read: ${(error as Error).message}`});
    }
  }
  return ok(identified);
}

function identityOf(requirement: PackageRequirement, leaveOut: readonly string[]): string {
  switch (requirement.type) {
    case 'package':
    case 'wheel':
      return requirement.requirement;
    case 'wheel-file':
      return shortHash([readFileSync(requirement.path, 'base64')], 64);
    case 'project':
      return projectIdentity(requirement.path, leaveOut);
    default:
      return unreachable(requirement);
  }
}

/**
 * Changes whenever the environment would; the order and repetition of requirements do not matter.
 *
 * @param compiled what buildIdentity gives
 */
export function packagesFingerprint(
  identified: readonly Identified[],
  build: Pick<PythonBuild, 'fingerprint'>,
  compiled: readonly string[],
): string {
  const parts = identified.map(({requirement, identity}) =>
    // Debug information names the folder of a project.
    JSON.stringify([requirement.type, identity, 'path' in requirement ? requirement.path : '']),
  );
  return shortHash([`${FORMAT}`, build.fingerprint, ...compiled, ...[...new Set(parts)].sort()]);
}
