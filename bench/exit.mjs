// Exit scenarios against the bare valgrind commands.
import {inTurns} from './measuring.mjs';
import {JOBS, makeProject, runLeakline} from './project.mjs';
import {recordCommands, timeRecorded, timeWithXargs} from './recorded.mjs';

/** An exit scenario that works for a while: ten rounds take a second under valgrind. */
const scenario = (rounds, seed = 0) => `mode: exit
code: |
  import json
  rows = [{'id': i, 'name': 'row %d' % i, 'values': list(range((i + ${seed}) % 40))} for i in range(300)]
  for _ in range(${rounds}):
      rows = json.loads(json.dumps(rows))
`;

const LIMIT = 1.05;

/** Passes from the second run on; the first one also measures the floor of the build. */
async function makeBaselined(scenarios) {
  const project = makeProject(scenarios);
  await runLeakline(project, ['--update', 'all']);
  return project;
}

async function compareOne(rounds, turns) {
  const project = await makeBaselined({one: scenario(rounds)});
  const [command] = await recordCommands(project, []);
  return inTurns(
    turns,
    () => runLeakline(project, ['--no-cache']),
    () => timeRecorded(command),
  );
}

const ALTERNATIVE = 'the same valgrind command alone';

/** One scenario in exit mode, and a short one for information. */
export async function exitOne({quick}) {
  const turns = quick ? 1 : 5;
  const long = await compareOne(quick ? 30 : 120, turns);
  const short = await compareOne(1, turns);
  return [
    {what: 'one exit scenario', ...long, alternativeName: ALTERNATIVE, ratioAtMost: LIMIT},
    {what: 'a short one', ...short, alternativeName: ALTERNATIVE},
  ];
}

/** 20 scenarios in exit mode on two processors. */
export async function exitTwenty({quick}) {
  const ids = Array.from({length: quick ? 6 : 20}, (_, index) => index);
  const project = await makeBaselined(
    Object.fromEntries(ids.map((id) => [`s${id}`, scenario(quick ? 10 : 40, id)])),
  );
  const commands = await recordCommands(project, []);
  const seconds = await inTurns(
    quick ? 1 : 3,
    () => runLeakline(project, ['--no-cache']),
    () => timeWithXargs(commands, JOBS),
  );
  return [
    {
      what: `${ids.length} exit scenarios`,
      ...seconds,
      alternativeName: `xargs -P${JOBS} of the same valgrind commands`,
      ratioAtMost: LIMIT,
    },
  ];
}
