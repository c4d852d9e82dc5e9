// Growth scenarios against a cold valgrind process for each.
import {inTurns} from './measuring.mjs';
import {JOBS, makeProject, runLeakline} from './project.mjs';
import {recordCommands, timeWithXargs} from './recorded.mjs';

/** Bodies of a few statements that make fresh objects and let go of them. */
const BODIES = [
  (n) => `items = [str(i) for i in range(${n})]\ntable = {name: len(name) for name in items}`,
  (n) => `text = ','.join(str(i) for i in range(${n}))\nparts = text.split(',')\nparts.sort(key=len)`,
  (n) =>
    `rows = [{'id': i, 'tags': {i, str(i)}} for i in range(${n})]\ntotal = sum(row['id'] for row in rows)`,
  (n) => `data = bytes(range(${n})) * 3\nview = memoryview(data)[1:]\ncopy = bytearray(view).hex()`,
  (n) => `try:\n    int('x' * ${n})\nexcept ValueError as error:\n    message = str(error)`,
  (n) =>
    `class Point:\n    def __init__(self, x):\n        self.x = x\npoints = [Point(i) for i in range(${n})]`,
  (n) => `pairs = list(itertools.pairwise(range(${n})))\nbest = max(pairs, key=operator.itemgetter(1))`,
  (n) => `def walk(depth):\n    return [walk(depth - 1)] if depth else []\ntree = walk(${n} % 20)`,
  (n) => `queue = collections.deque(maxlen=${n})\nqueue.extend(str(i) for i in range(2 * ${n}))`,
  (n) => `numbers = {i: i ** 9 for i in range(1000, 1000 + ${n})}\ntext = '%r' % numbers`,
];

const indented = (text) => text.replace(/^/gm, '  ');

/** The scenario files of `count` small growth scenarios, by id. */
export function smallScenarios(count) {
  const texts = Array.from({length: count}, (_, index) => {
    const body = BODIES[index % BODIES.length](10 + (index % 90));
    const setup = 'setup: |\n  import collections, itertools, operator\n';
    return [`group-${index % 7}/s${index}`, `${setup}body: |\n${indented(body)}\n`];
  });
  return Object.fromEntries(texts);
}

/** Modules whose import takes some ten seconds under valgrind; none of them starts a thread. */
const HEAVY = [
  ...['asyncio', 'decimal', 'email.message', 'email.mime.text', 'xml.dom.minidom', 'xml.sax'],
  ...['xml.etree.ElementTree', 'http.client', 'http.server', 'urllib.request', 'unittest', 'argparse'],
  ...['logging.config', 'multiprocessing', 'concurrent.futures', 'csv', 'zipfile', 'tarfile', 'difflib'],
  ...['pydoc', 'doctest', 'typing', 'dataclasses', 'inspect', 'ast', 'configparser', 'statistics'],
  ...['fractions', 'json', 'pickle', 'pprint', 'ipaddress', 'optparse', 'importlib.metadata'],
];

const heavyScenario = (cases) => `preload: [${HEAVY.join(', ')}]
cases:
${Array.from({length: cases}, (_, index) => `  c${index}: {count: ${index + 5}}\n`).join('')}setup: |
  import ${HEAVY.join(', ')}
body: |
  rows = [{'id': i, 'value': str(i)} for i in range(count)]
  text = json.dumps(rows)
  back = json.loads(text)
`;

/**
 * leakline without any memory of earlier runs, against one cold interpreter per scenario with the
 * same bodies, iterations and checkpoints. Of the cold ones only `sample` are run, and scaled.
 */
async function compareCold(project, count, sample, turns) {
  const commands = await recordCommands(project, ['--isolation', 'process']);
  // Spread over all kinds of bodies.
  const chosen = Array.from({length: sample}, (_, index) => commands[Math.floor((index * count) / sample)]);
  const seconds = await inTurns(
    turns,
    () => runLeakline(project, ['--no-cache', '--update', 'none']),
    async () => ((await timeWithXargs(chosen, JOBS)) * count) / sample,
  );
  const scaled = sample < count ? ` (${sample} of them, scaled)` : '';
  return {...seconds, alternativeName: `xargs -P${JOBS} of cold processes${scaled}`, ratioAtMost: 0.15};
}

/** 100 small growth scenarios on two processors. */
export async function growthHundred({quick}) {
  const count = quick ? 20 : 100;
  const project = makeProject(smallScenarios(count));
  return [
    {
      what: `${count} small growth scenarios`,
      ...(await compareCold(project, count, quick ? 4 : 20, quick ? 1 : 3)),
      aim: 0.1,
    },
  ];
}

/** 20 growth scenarios that share imports of ten seconds. */
export async function growthHeavyImport({quick}) {
  const count = 20;
  const project = makeProject({heavy: heavyScenario(count)});
  return [
    {
      what: `${count} growth scenarios with heavy imports`,
      ...(await compareCold(project, count, quick ? 2 : 6, quick ? 1 : 3)),
    },
  ];
}
