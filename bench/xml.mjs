// How fast, and in how much memory, the XML reader reads: node bench/xml.mjs [--megabytes N]
// The document is made on the fly, so that N may be larger than the disk. Text goes to standard
// error, JSON to standard output.
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {parseXml} from '../dist/valgrind/xml.js';

const MEGABYTE = 1e6;
const CHUNK = 65_536;
const RECORDS = 800;
const FRAMES = 40;
const FUNCTIONS = 6000;

const HEAD = `<?xml version="1.0"?>

<valgrindoutput>

<protocolversion>4</protocolversion>
<protocoltool>memcheck</protocoltool>

<pid>4711</pid>
<ppid>4710</ppid>
<tool>memcheck</tool>

<args>
  <vargv>
    <exe>/usr/bin/valgrind.bin</exe>
  </vargv>
  <argv>
    <exe>/opt/python/bin/python3.13</exe>
  </argv>
</args>

<status>
  <state>RUNNING</state>
  <time>00:00:00:00.021 </time>
</status>

`;
const TAIL = '</valgrindoutput>\n';

/** Numbers below `limit` that are the same in each run. */
function createRandom() {
  let state = 1;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function frameOf(number) {
  const folder = number % 3 === 0 ? 'Objects' : 'Python';
  return `    <frame>
      <ip>0x${(0x1df000 + number * 37).toString(16).toUpperCase()}</ip>
      <obj>/opt/python/lib/libpython3.13.so.1.0</obj>
      <fn>_PyInterpreter_Function${number}</fn>
      <dir>/src/cpython/3.13.5/./${folder}</dir>
      <file>module_${number % 200}.c</file>
      <line>${number % 5000}</line>
    </frame>
`;
}

function recordOf(number, random) {
  const bytes = 1000 + random(100_000);
  const blocks = 1 + random(50);
  const frames = Array.from({length: FRAMES}, () => frameOf(random(FUNCTIONS))).join('');
  return `<error>
  <unique>0x${number.toString(16)}</unique>
  <tid>1</tid>
  <kind>Leak_StillReachable</kind>
  <xwhat>
    <text>${bytes} (+${bytes}) bytes in ${blocks} (+${blocks}) blocks are still reachable in loss record ${number} of ${RECORDS}</text>
    <leakedbytes>${bytes}</leakedbytes>
    <leakedblocks>${blocks}</leakedblocks>
  </xwhat>
  <stack>
${frames}  </stack>
</error>

`;
}

/** A whole document of about `bytes` bytes, in the pieces in which a file is read. */
function* makeDocument(bytes) {
  const random = createRandom();
  const records = Buffer.from(
    Array.from({length: RECORDS}, (_, index) => recordOf(index + 1, random)).join(''),
  );
  yield Buffer.from(HEAD);
  for (let rest = Math.ceil(bytes / records.length); rest > 0; rest--) {
    for (let at = 0; at < records.length; at += CHUNK) yield records.subarray(at, at + CHUNK);
  }
  yield Buffer.from(TAIL);
}

/**
 * Reads a document of `megabytes` (of 1,000,000 bytes).
 *
 * @returns {Promise<{bench: 'xml', megabytes: number, records: number, seconds: number, cpuSeconds: number, megabytesPerSecond: number, peakRssMegabytes: number}>}
 */
export async function benchXml(megabytes) {
  let bytes = 0;
  let records = 0;
  const counted = (function* () {
    for (const chunk of makeDocument(megabytes * MEGABYTE)) {
      bytes += chunk.length;
      yield chunk;
    }
  })();
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  const end = await parseXml(counted, (item) => {
    if (item.type === 'loss-record') records++;
  });
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(cpuStart);
  if (!end.complete) throw new Error(`line ${end.line}: ${end.message}`);
  return {
    bench: 'xml',
    megabytes: round(bytes / MEGABYTE),
    records,
    seconds: round(seconds),
    // Beside the other, since a busy machine stretches the seconds but not these.
    cpuSeconds: round((cpu.user + cpu.system) / 1e6),
    megabytesPerSecond: round(bytes / MEGABYTE / seconds),
    peakRssMegabytes: round((process.resourceUsage().maxRSS * 1024) / MEGABYTE),
  };
}

const round = (number) => Math.round(number * 10) / 10;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {values} = parseArgs({options: {megabytes: {type: 'string', default: '256'}}});
  const megabytes = Number(values.megabytes);
  if (!(megabytes > 0)) throw new Error(`--megabytes takes a positive number, not "${values.megabytes}"`);
  const result = await benchXml(megabytes);
  console.error(
    `XML: ${result.megabytes} MB, ${result.records} loss records in ${result.seconds} s (${result.cpuSeconds} s of CPU): ` +
      `${result.megabytesPerSecond} MB/s, peak ${result.peakRssMegabytes} MB of memory`,
  );
  console.log(JSON.stringify(result));
}
