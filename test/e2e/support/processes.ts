import {readdirSync, readFileSync} from 'node:fs';

/** What `file` of each process holds, by process id; empty of those that are gone or another user's. */
function ofEachProcess(file: 'cmdline' | 'environ' | 'stat'): ReadonlyMap<number, string> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(pids.map((pid) => [Number(pid), readOrEmpty(`/proc/${pid}/${file}`)]));
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** The processes that carry the marker of a run. */
export function processesOf(marker: string): readonly number[] {
  const wanted = `LEAKLINE_RUN=${marker}`;
  return [...ofEachProcess('environ')]
    .filter(([, environment]) => environment.split('\0').includes(wanted))
    .map(([pid]) => pid);
}

/** The marker of the run of a leakline, as its watchdog is told it; undefined before there is one. */
export function markerOf(leakline: number): string | undefined {
  const commands = ofEachProcess('cmdline');
  for (const pid of childrenOf(leakline)) {
    const words = (commands.get(pid) ?? '').split('\0');
    const index = words.indexOf('leakline-watchdog');
    if (index !== -1) return words[index + 1];
  }
  return undefined;
}

function childrenOf(parent: number): readonly number[] {
  // After the name, which stands in parentheses and may hold any: state, parent.
  return [...ofEachProcess('stat')]
    .filter(([, stat]) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent)
    .map(([pid]) => pid);
}
