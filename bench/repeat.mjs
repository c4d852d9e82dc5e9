// Runs in which nothing changed, and runs of ever more scenarios.
import {readFileSync} from 'node:fs';
import {smallScenarios} from './growth.mjs';
import {inTurns} from './measuring.mjs';
import {makeProject, runLeakline} from './project.mjs';

/** 100 scenarios whose results are all in the cache. */
export async function unchanged({quick}) {
  const count = quick ? 20 : 100;
  const project = makeProject(smallScenarios(count));
  const first = await runLeakline(project);
  const seconds = await inTurns(
    quick ? 3 : 9,
    () => runLeakline(project),
    async () => first,
  );
  return [
    {
      what: `${count} unchanged scenarios`,
      ...seconds,
      alternativeName: 'the first run of them',
      secondsAtMost: 1.5,
    },
  ];
}

/** The most memory that a process had in use so far, in megabytes of 1,000,000 bytes. */
function peakMemory(pid) {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return (Number(kibibytes ?? 0) * 1024) / 1e6;
  } catch {
    return 0; // It has ended.
  }
}

async function runWithMemory(count) {
  const project = makeProject(smallScenarios(count));
  let megabytes = 0;
  let timer;
  const seconds = await runLeakline(project, ['--no-cache'], {
    onStart: (pid) => {
      timer = setInterval(() => {
        megabytes = Math.max(megabytes, peakMemory(pid));
      }, 50);
    },
  });
  clearInterval(timer);
  return {count, seconds, megabytes};
}

/** Whether each further scenario costs as much as the ones before, and leakline's own memory. */
export async function level({quick}) {
  // Makes whatever is not in the cache yet.
  await runLeakline(makeProject(smallScenarios(1)));
  const runs = [];
  for (const count of quick ? [10, 40, 100] : [10, 100, 1000]) runs.push(await runWithMemory(count));
  const [few, some, many] = runs;
  const costBetween = (a, b) => (b.seconds - a.seconds) / (b.count - a.count);
  return [
    {
      what: `one more scenario, from ${some.count} to ${many.count}`,
      leakline: costBetween(some, many),
      alternative: costBetween(few, some),
      alternativeName: `one more, from ${few.count} to ${some.count}`,
      ratioAtMost: 1.2,
    },
    {
      what: `leakline's own memory, ${many.count} scenarios`,
      unit: 'MB',
      leakline: many.megabytes,
      alternative: few.megabytes,
      alternativeName: `${few.count} scenarios`,
      megabytesAtMost: 300,
    },
  ];
}
