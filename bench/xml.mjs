// How fast, and in how much memory, the XML reader reads: node bench/xml.mjs [--megabytes N] [--saxes]
// The document is made on the fly, so that N may be larger than the disk. Text goes to standard
// error, JSON to standard output.
import {execFileSync} from 'node:child_process';
import {StringDecoder} from 'node:string_decoder';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {SaxesParser} from 'saxes';
import {parseXml} from '../dist/valgrind/xml.js';
import {median} from './measuring.mjs';

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

/** The parser that leakline's reader is built on, with nothing but a count of the records. */
function parseWithSaxes(chunks, onItem) {
  const parser = new SaxesParser();
  const decoder = new StringDecoder('utf8');
  parser.on('closetag', ({name}) => name === 'error' && onItem({type: 'loss-record'}));
  for (const chunk of chunks) parser.write(decoder.write(chunk));
  parser.close();
  return {complete: true};
}

/**
 * Reads a document of `megabytes` (of 1,000,000 bytes).
 *
 * @returns {Promise<{bench: 'xml', megabytes: number, records: number, seconds: number, cpuSeconds: number, megabytesPerSecond: number, peakRssMegabytes: number}>}
 */
async function benchXml(megabytes, parse) {
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
  const end = await parse(counted, (item) => {
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

const self = fileURLToPath(import.meta.url);

/** In a process of its own, whose memory is that of the reader alone. */
const measure = (megabytes, ...args) =>
  JSON.parse(
    execFileSync(process.execPath, [self, '--megabytes', String(megabytes), ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  );

/** Speed against the bare parser, and memory for documents of two sizes. */
export async function xml({quick}) {
  const [small, large] = quick ? [16, 64] : [64, 1024];
  const turns = Array.from({length: quick ? 3 : 5}, () => ({
    own: measure(small),
    bare: measure(small, '--saxes'),
  }));
  const speed = (kind) => median(turns.map((turn) => turn[kind].megabytesPerSecond));
  const memory = (kind) => median(turns.map((turn) => turn[kind].peakRssMegabytes));
  const alternativeName = 'saxes alone';
  return [
    {
      what: `XML of ${small} MB`,
      unit: 'MB/s',
      leakline: speed('own'),
      alternative: speed('bare'),
      alternativeName,
      speedAtLeast: 50,
    },
    {
      what: `memory for ${small} MB`,
      unit: 'MB',
      leakline: memory('own'),
      alternative: memory('bare'),
      alternativeName,
      megabytesAtMost: 150,
    },
    {
      what: `memory for ${large} MB`,
      unit: 'MB',
      leakline: measure(large).peakRssMegabytes,
      megabytesAtMost: 150,
    },
  ];
}

if (process.argv[1] === self) {
  const {values} = parseArgs({
    options: {megabytes: {type: 'string', default: '256'}, saxes: {type: 'boolean', default: false}},
  });
  const megabytes = Number(values.megabytes);
  if (!(megabytes > 0)) throw new Error(`--megabytes takes a positive number, not "${values.megabytes}"`);
  const result = await benchXml(megabytes, values.saxes ? parseWithSaxes : parseXml);
  console.error(
    `XML: ${result.megabytes} MB, ${result.records} loss records in ${result.seconds} s (${result.cpuSeconds} s of CPU): ` +
      `${result.megabytesPerSecond} MB/s, peak ${result.peakRssMegabytes} MB of memory`,
  );
  console.log(JSON.stringify(result));
}
