// Measures what docs/speed.md promises: npm run bench [-- NAMES…] [--quick] [--json FILE].
// Ends with exit code 1 when a target is missed, 2 when something could not be measured.
import {writeFileSync} from 'node:fs';
import {availableParallelism, loadavg} from 'node:os';
import {parseArgs} from 'node:util';
import {build} from './build.mjs';
import {environment} from './environment.mjs';
import {exitOne, exitTwenty} from './exit.mjs';
import {growthHeavyImport, growthHundred} from './growth.mjs';
import {level, unchanged} from './repeat.mjs';
import {firstValgrind, version} from './start.mjs';
import {formatTable, judged} from './table.mjs';
import {xml} from './xml.mjs';

const BENCHMARKS = {
  version,
  'first-valgrind': firstValgrind,
  xml,
  unchanged,
  'growth-hundred': growthHundred,
  'growth-heavy-import': growthHeavyImport,
  level,
  'exit-one': exitOne,
  'exit-twenty': exitTwenty,
  environment,
  build,
};

/** Takes minutes and much disk, or needs a package index: only when named. */
const ON_DEMAND = ['build', 'environment'];

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {json: {type: 'string'}, quick: {type: 'boolean', default: false}},
});
const unknown = positionals.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}
const names =
  positionals.length > 0 ? positionals : Object.keys(BENCHMARKS).filter((name) => !ON_DEMAND.includes(name));

const rows = [];
let couldAllBeMeasured = true;
const load = loadavg()[0];
if (load > 1) {
  console.error(`The machine is busy (load ${load.toFixed(1)}): the figures will be unsteady`);
}
for (const name of names) {
  console.error(`${name} …`);
  try {
    rows.push(...(await BENCHMARKS[name](values)).map((row) => judged(name, row)));
  } catch (error) {
    couldAllBeMeasured = false;
    console.error(`${name}: ${error.message}`);
  }
}
console.log(formatTable(rows));
if (values.json !== undefined) {
  const machine = {processors: availableParallelism(), load, node: process.version};
  writeFileSync(values.json, `${JSON.stringify({quick: values.quick, machine, rows}, null, 2)}\n`);
}
process.exitCode = couldAllBeMeasured ? (rows.some(({met}) => met === false) ? 1 : 0) : 2;
