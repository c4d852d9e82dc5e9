import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {probeFolder} from '../../run/python-argv.js';
import {shortHash} from '../../util/hash.js';

/** The text of each file; of one that cannot be read, its error code, which is no text of a file. */
export function contentsOf(files: readonly string[]): readonly string[] {
  return files.map((file) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      return `\0${(error as NodeJS.ErrnoException).code}`;
    }
  });
}

let agent: string | undefined;

/** Hash of the Python agent's files: another agent leaves other things behind. */
export function agentIdentity(): string {
  if (agent === undefined) {
    const files = readdirSync(probeFolder, {recursive: true, encoding: 'utf8'}).filter((file) =>
      file.endsWith('.py'),
    );
    agent = shortHash(contentsOf(files.sort().map((file) => path.join(probeFolder, file))));
  }
  return agent;
}
