import {readdirSync, readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {LossRecord, MemoryError, XmlItem} from '../../../src/valgrind/types.js';
import {parseXml, parseXmlFile, type XmlEnd} from '../../../src/valgrind/xml.js';

const folder = new URL('../../fixtures/xml/', import.meta.url);
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.xml'));
const read = (name: string) => readFileSync(new URL(name, folder));

async function parse(
  ...chunks: readonly (string | Uint8Array)[]
): Promise<{readonly items: readonly XmlItem[]; readonly end: XmlEnd}> {
  const items: XmlItem[] = [];
  const end = await parseXml(chunks, (item) => items.push(item));
  return {items, end};
}

const parseFixture = async (name: string) => (await parse(read(name))).items;

function only<T extends XmlItem['type']>(items: readonly XmlItem[], type: T) {
  return items.filter((item): item is Extract<XmlItem, {type: T}> => item.type === type);
}

/** A document of valgrind's with `inner` in it. */
const documentOf = (inner: string) =>
  `<?xml version="1.0"?>\n<valgrindoutput>\n<protocolversion>4</protocolversion>\n${inner}\n</valgrindoutput>\n`;

const errorOf = (kind: string, inner: string) =>
  `<error>\n<unique>0x0</unique>\n<tid>1</tid>\n<kind>${kind}</kind>\n${inner}</error>\n`;

const functionsOf = ({stack}: LossRecord) => stack.map((frame) => frame.function);

describe('a whole run', () => {
  it('starts with the protocol, the process and its state', async () => {
    const items = await parseFixture('leaks.xml');
    expect(items.slice(0, 4)).toMatchObject([
      {type: 'preamble', protocol: 4},
      {type: 'process', pid: expect.any(Number), argv: ['./leaks']},
      {type: 'status', state: 'RUNNING'},
      {type: 'status', state: 'FINISHED'},
    ]);
  });

  it('has every leak kind', async () => {
    const records = only(await parseFixture('leaks.xml'), 'loss-record');
    expect(records.map(({kind, bytes, blocks}) => ({kind, bytes, blocks}))).toEqual([
      {kind: 'possible', bytes: 64, blocks: 1},
      {kind: 'indirect', bytes: 96, blocks: 3},
      {kind: 'definite', bytes: 144, blocks: 3},
      {kind: 'reachable', bytes: 1200, blocks: 1},
    ]);
    expect(records[2]).toMatchObject({indirectBytes: 96, recordNumber: 4});
    expect(records.every((record) => !('bytesChange' in record))).toBe(true);
  });

  it('counts no indirectly lost block twice', async () => {
    const records = only(await parseFixture('leaks.xml'), 'loss-record');
    const allocated = 3 * (48 + 32) + 64 + 1200;
    expect(records.reduce((sum, {bytes}) => sum + bytes, 0)).toBe(allocated);
  });

  it('tells what is known of a frame, and leaves out what is not', async () => {
    const [record] = only(await parseFixture('leaks.xml'), 'loss-record');
    expect(record?.stack).toEqual([
      {
        ip: expect.stringMatching(/^0x[0-9A-F]+$/),
        object: expect.stringMatching(/vgpreload_memcheck/),
        function: 'malloc',
      },
      {
        ip: expect.stringMatching(/^0x[0-9A-F]+$/),
        object: '/src/project/leaks',
        function: 'main',
        directory: '/src/project',
        file: 'leaks.c',
        line: 45,
      },
    ]);
  });

  it('names the suppressions that were used', async () => {
    const items = await parseFixture('leaks.xml');
    expect(only(items, 'suppression')).toEqual([{type: 'suppression', name: 'hidden_allocation', count: 1}]);
  });

  it('gives parent and child a document each', async () => {
    const ofParent = only(await parseFixture('fork-parent.xml'), 'loss-record');
    const ofChild = only(await parseFixture('fork-child.xml'), 'loss-record');
    expect(ofParent.map(({bytes}) => bytes)).toEqual([222]);
    expect(ofChild.map(({bytes}) => bytes)).toEqual([111]);
  });
});

describe('errors', () => {
  const errorsOf = async (name: string) => only(await parseFixture(name), 'error');

  it('have their kinds in the order of the run', async () => {
    expect((await errorsOf('errors.xml')).map(({kind}) => kind)).toEqual([
      'InvalidRead',
      'InvalidWrite',
      'InvalidRead',
      'InvalidFree',
      'InvalidFree',
      'MismatchedFree',
      'UninitCondition',
      'UninitValue',
      'SyscallParam',
      'ClientCheck',
      'Overlap',
      'FishyValue',
      'InvalidMemPool',
    ]);
  });

  it('have a stack for each thing that is said about them', async () => {
    const [, , afterFree] = await errorsOf('errors.xml');
    expect(afterFree?.what).toBe('Invalid read of size 4');
    expect(afterFree?.stacks.map(({what, frames}) => [what, frames.at(-1)?.line])).toEqual([
      [undefined, 92],
      [expect.stringMatching(/^Address 0x[0-9a-f]+ is 0 bytes inside a block of size 40 free'd$/), 92],
      ["Block was alloc'd at", 92],
    ]);
    expect(afterFree?.stacks.map(({frames}) => frames[0]?.function)).toEqual([
      'invalid_accesses()',
      'free',
      'malloc',
    ]);
  });

  it('keep what is said without a stack', async () => {
    const [, , , , onStack] = await errorsOf('errors.xml');
    expect(onStack?.stacks.map(({what, frames}) => [what, frames.length])).toEqual([
      [undefined, 3],
      [expect.stringMatching(/is on thread 1's stack$/), 0],
      [expect.stringMatching(/^in frame #1, created by invalid_frees\(\)/), 0],
    ]);
  });

  it('are counted by their unique name', async () => {
    const items = await parseFixture('errors.xml');
    const uniques = only(items, 'error').map(({unique}) => unique);
    expect(only(items, 'error-count').map(({unique}) => unique)).toEqual(uniques.toReversed());
    expect(only(items, 'error-count').every(({count}) => count === 1)).toBe(true);
  });

  it('have demangled names, and mangled ones in the suppression that valgrind suggests', async () => {
    const [pastEnd] = await errorsOf('generated.xml');
    expect(pastEnd?.stacks[0]?.frames[0]?.function).toBe('space::Holder<int>::read_past(int) const');
    expect(pastEnd?.suppression).toMatch(/^\{\n.*\n {3}Memcheck:Addr4\n {3}fun:_ZNK5space6HolderIiE9/);
    expect((await errorsOf('errors.xml')).some((error) => 'suppression' in error)).toBe(false);
  });
});

describe('delta leak checks', () => {
  const recordsAfter = async (mark: string) => {
    const items = await parseFixture('delta.xml');
    const start = items.findIndex((item) => item.type === 'client-message' && item.text.endsWith(mark));
    const rest = items.slice(start + 1);
    const next = rest.findIndex(({type}) => type === 'client-message');
    return only(rest.slice(0, next), 'loss-record').map((record) => [
      record.kind,
      functionsOf(record)[1],
      record.bytes,
      record.bytesChange,
      record.blocksChange,
      record.indirectBytesChange,
    ]);
  };

  it.each([
    ['first', []],
    ['grown', [['reachable', 'make_big', 2000, 2000, 1, undefined]]],
    ['shrunk to nothing', [['reachable', 'make_big', 0, -2000, -1, undefined]]],
    ['unchanged', []],
    [
      'moved from reachable to possible',
      [
        ['possible', 'make_node', 56, 56, 1, undefined],
        ['reachable', 'make_node', 168, -56, -1, undefined],
      ],
    ],
    [
      'lost, its child still reachable',
      [
        ['reachable', 'make_child', 56, 56, 1, undefined],
        ['definite', 'make_node', 56, 56, 1, undefined],
        ['reachable', 'make_node', 112, -56, -1, undefined],
      ],
    ],
    [
      'own bytes unchanged, indirect bytes grown',
      [
        ['reachable', 'make_child', 0, -56, -1, undefined],
        ['indirect', 'make_child', 56, 56, 1, undefined],
        ['definite', 'make_node', 56, 0, 0, 56],
      ],
    ],
  ])('"%s" changes what is expected', async (mark, expected) => {
    expect(await recordsAfter(mark)).toEqual(expected);
  });

  it('take VALGRIND_PRINTF_BACKTRACE with its stack, and unescape it', async () => {
    const messages = only(await parseFixture('delta.xml'), 'client-message');
    expect(messages.at(-1)).toMatchObject({text: 'a < b & "c" > d', stack: expect.any(Array)});
    expect(messages.at(-1)?.stack?.at(-1)?.function).toBe('main');
    expect(messages[0]).toEqual({type: 'client-message', text: 'checkpoint: first'});
  });

  it('show a leak of a Python extension in each interval', async () => {
    const items = await parseFixture('python-growth.xml');
    const lost = only(items, 'loss-record').filter(({kind}) => kind === 'definite');
    expect(lost.map(({bytesChange, blocksChange}) => [bytesChange, blocksChange])).toEqual([
      [1010, 10],
      [1010, 10],
      [1010, 10],
    ]);
    expect(lost.every((record) => functionsOf(record).includes('leak'))).toBe(true);
  });
});

describe('what ends a process', () => {
  it('is a fatal signal with its stack', async () => {
    const [signal] = only(await parseFixture('fatal-signal.xml'), 'fatal-signal');
    expect(signal).toMatchObject({
      signal: 'SIGSEGV',
      event: 'Bad permissions for mapped region',
      address: '0x10',
    });
    expect(signal?.stack[0]).toEqual({ip: '0x10'});
  });

  it('leaves a document without end, of which the whole items count', async () => {
    const {items, end} = await parse(read('killed.xml'));
    expect(end).toMatchObject({complete: false, reason: 'truncated', column: 1});
    expect(only(items, 'error').map(({kind}) => kind)).toEqual(['InvalidWrite']);
    expect(only(items, 'status').map(({state}) => state)).toEqual(['RUNNING']);
  });
});

describe('valgrind 3.23 and later', () => {
  it('writes descriptors as errors, with paths that are no XML', async () => {
    const {items, end} = await parse(read('protocol5.xml'));
    expect(end).toEqual({complete: true});
    expect(only(items, 'open-descriptor')).toMatchObject([
      {descriptor: 5, path: '/src/project/A&B.log', stack: [{function: 'open'}, {function: 'main'}]},
      {descriptor: 6, what: 'Open AF_INET socket 6: 127.0.0.1:40000 <-> unbound', stack: []},
    ]);
    const [badClose] = only(items, 'error');
    expect(badClose).toMatchObject({
      kind: 'FdBadClose',
      what: 'File descriptor 3: /src/project/R&D <draft>.txt is already closed',
      stacks: [{frames: [{line: 27}, {line: 12}]}, {what: 'Previously closed'}, {what: 'Originally opened'}],
    });
  });

  it('writes summaries, with a tag left open, and goes on', async () => {
    const {items, end} = await parse(read('protocol6.xml'));
    expect(end).toEqual({complete: true});
    expect(items.map(({type}) => type)).toEqual([
      'preamble',
      'process',
      'status',
      'client-message',
      'loss-record',
      'client-message',
      'error',
      'status',
      'error-count',
      'suppression',
    ]);
    expect(items[0]).toEqual({type: 'preamble', protocol: 6});
    expect(only(items, 'loss-record')[0]).toMatchObject({
      bytes: 1_234_568,
      indirectBytes: 112,
      blocks: 1001,
      recordNumber: 3005,
    });
    expect(only(items, 'suppression')).toEqual([{type: 'suppression', name: 'a & b', count: 12}]);
  });
});

describe('what valgrind writes raw', () => {
  it('may be a thread name', async () => {
    const {items, end} = await parse(read('thread-name.xml'));
    expect(end).toEqual({complete: true});
    expect(only(items, 'error').map(({kind}) => kind)).toEqual(['InvalidWrite']);
  });

  it('may be control characters and bytes that are no UTF-8', async () => {
    const bytes = Buffer.from(documentOf('<args><argv><exe>a\u0001bX</exe></argv></args>'), 'latin1');
    bytes[bytes.indexOf('X')] = 0xff;
    const {items, end} = await parse(bytes);
    expect(end).toEqual({complete: true});
    expect(only(items, 'process')[0]?.argv).toEqual(['a\u0001b\uFFFD']);
  });
});

describe('text', () => {
  it('is put together from references, CDATA and comments', async () => {
    const inner = '<clientmsg><text>a&lt;<![CDATA[b<c]]><!-- no -->&amp;d&#x21;</text></clientmsg>';
    const {items} = await parse(documentOf(inner));
    expect(only(items, 'client-message')).toEqual([{type: 'client-message', text: 'a<b<c&d!'}]);
  });

  it('is kept up to 65,536 characters', async () => {
    const long = 'x'.repeat(300_000);
    const {items, end} = await parse(documentOf(`<clientmsg><text>${long}</text></clientmsg>`));
    expect(end).toEqual({complete: true});
    expect(only(items, 'client-message')[0]?.text).toHaveLength(65_536);
  });
});

describe('equal things are one object', () => {
  it('shares frames between loss records', async () => {
    const records = only(await parseFixture('python-growth.xml'), 'loss-record');
    const ends = new Set(records.map(({stack}) => stack[0]));
    expect(ends.size).toBeLessThan(records.length / 2);
  });

  it('keeps frames apart that differ in their line only', async () => {
    const frame = (line: string) => `<frame><ip>0x1</ip><fn>f</fn>${line}</frame>`;
    const stack = `<stack>${frame('<line>1</line>')}${frame('<line>2</line>')}${frame('')}</stack>`;
    const {items} = await parse(documentOf(errorOf('InvalidRead', `<what>w</what>${stack}`)));
    expect((items.at(-1) as MemoryError).stacks[0]?.frames).toEqual([
      {ip: '0x1', function: 'f', line: 1},
      {ip: '0x1', function: 'f', line: 2},
      {ip: '0x1', function: 'f'},
    ]);
  });
});

it('reads on when there are more different frames than it remembers', async () => {
  const frame = (number: number) =>
    `    <frame>\n      <ip>0x${number.toString(16)}</ip>\n      <fn>f${number}</fn>\n    </frame>\n`;
  const numbers = Array.from({length: 30_000}, (_, index) => index % 20_000);
  const errors = Array.from({length: 1000}, (_, index) => {
    const frames = numbers
      .slice(index * 30, index * 30 + 30)
      .map(frame)
      .join('');
    return errorOf('InvalidRead', `<what>w</what>\n  <stack>\n${frames}  </stack>\n`);
  });
  const {items, end} = await parse(documentOf(errors.join('')));
  expect(end).toEqual({complete: true});
  const functions = only(items, 'error').flatMap(({stacks}) => stacks[0]?.frames.map((f) => f.function));
  expect(functions).toEqual(numbers.map((number) => `f${number}`));
});

describe('a frame', () => {
  const parseFrames = async (text: string) => {
    const {items} = await parse(
      documentOf(errorOf('InvalidRead', `<what>w</what>\n  <stack>\n${text}  </stack>\n`)),
    );
    return (items.at(-1) as MemoryError).stacks[0]?.frames;
  };
  const frame = (...children: readonly string[]) =>
    `    <frame>\n${children.map((child) => `      ${child}\n`).join('')}    </frame>\n`;

  it('may have names that need escaping', async () => {
    const names = frame('<ip>0x1</ip>', '<obj>/a &amp; b.so</obj>', '<fn>f&lt;g&gt;(h&amp;&amp;)</fn>');
    expect(await parseFrames(names)).toEqual([{ip: '0x1', object: '/a & b.so', function: 'f<g>(h&&)'}]);
  });

  it('may have references that valgrind does not write', async () => {
    expect(await parseFrames(frame('<ip>0x1</ip>', '<fn>&#102;&quot;</fn>'))).toEqual([
      {ip: '0x1', function: 'f"'},
    ]);
  });

  it('may have its parts in another order, and others among them', async () => {
    const parts = frame('<fn>f</fn>', '<new>x</new>', '<ip>0x1</ip>', '<line>x</line>');
    expect(await parseFrames(parts)).toEqual([{ip: '0x1', function: 'f'}]);
  });

  it('is none without an address', async () => {
    const whole = frame('<ip>0x1</ip>');
    expect(await parseFrames(whole + frame() + frame('<fn>f</fn>') + whole)).toEqual([
      {ip: '0x1'},
      {ip: '0x1'},
    ]);
  });

  it('keeps the lines of what follows where they are', async () => {
    const frames = frame('<ip>0x1</ip>', '<fn>f</fn>', '<line>3</line>').repeat(3);
    const text = documentOf(errorOf('InvalidRead', `<what>w</what>\n  <stack>\n${frames}  </stak>\n`));
    const {end} = await parse(text);
    const line = text.slice(0, text.indexOf('</stak>')).split('\n').length;
    expect(end).toMatchObject({complete: false, reason: 'malformed', line});
  });
});

describe('bad input', () => {
  it.each([
    ['a document type', read('entity-bomb.xml').toString(), 'a document type declaration is not accepted'],
    ['an entity that nobody defined', read('undefined-entity.xml').toString(), 'undefined entity'],
    ['wrong nesting', read('wrong-nesting.xml').toString(), 'unexpected close tag'],
    ['another document', '<html><body/></html>', 'the document is <html>, not <valgrindoutput>'],
    [
      'an old protocol',
      '<valgrindoutput><protocolversion>3</protocolversion>',
      'XML protocol 3 is not supported',
    ],
    ['deep nesting', documentOf('<a>'.repeat(100)), 'elements nest deeper than 64 levels'],
    [
      'two documents in one file',
      documentOf('') + documentOf(''),
      'an XML declaration must be at the start of the document',
    ],
    ['text behind the document', `${documentOf('')}==1== x`, 'text data outside of root node'],
    ['no XML', '==12== Invalid read\n', 'text data outside of root node'],
    [
      'a huge text',
      documentOf(`<clientmsg><text>${'x'.repeat(5_000_000)}`),
      'no tag within 4194304 characters',
    ],
    ['a huge tag', documentOf(`<a ${'b="c" '.repeat(1_000_000)}`), 'no tag within 4194304 characters'],
    ['a huge comment', documentOf(`<!--${'<a>'.repeat(2_000_000)}`), 'no tag within 4194304 characters'],
    [
      'an error without kind',
      documentOf('<error><what>x</what></error>'),
      'an <error> lacks its kind or its numbers',
    ],
    [
      'a leak without numbers',
      documentOf(errorOf('Leak_DefinitelyLost', '<what>lost</what>')),
      'an <error> lacks its kind or its numbers',
    ],
  ])('%s ends the reading', async (_what, text, message) => {
    const {end} = await parse(text);
    expect(end).toMatchObject({complete: false, reason: 'malformed', message});
  });

  it('keeps what stood before it', async () => {
    const {items} = await parse(read('wrong-nesting.xml'));
    expect(items.map(({type}) => type)).toEqual(['preamble', 'client-message']);
  });

  it('says where', async () => {
    const {end} = await parse(read('undefined-entity.xml'));
    expect(end).toMatchObject({line: 5, column: 21});
  });

  it('makes no item of an element that another closing tag ends', async () => {
    const cut = '<valgrindoutput><error><kind>InvalidRead</kind><what>w</what></valgrindoutput>';
    const {items, end} = await parse(cut);
    expect(end).toMatchObject({reason: 'malformed'});
    expect(items).toEqual([]);
  });

  it.each(['', ' ', '<', '<?xml version="1.0"?>\n', '<valgrindoutput'])('%j is truncated', async (text) => {
    expect((await parse(text)).end).toMatchObject({complete: false, reason: 'truncated'});
  });

  it('is a problem when it is no file', async () => {
    const result = await parseXmlFile('/nonexistent.xml', () => {});
    expect(result).toMatchObject({ok: false, error: {file: '/nonexistent.xml'}});
  });

  it('is never mended by an exception of the caller', async () => {
    const failing = () => {
      throw new Error('of the caller');
    };
    await expect(parseXml([documentOf('')], failing)).rejects.toThrow('of the caller');
  });
});

describe.each(fixtures)('%s', (name) => {
  const bytes = read(name);

  it('reads the same however it is cut', async () => {
    const whole = await parse(bytes);
    const start = Array.from(bytes.subarray(0, 2000), (byte) => Uint8Array.of(byte));
    expect(await parse(...start, bytes.subarray(2000))).toEqual(whole);
    expect(await parse(bytes.toString())).toEqual(whole);
  });

  it('reads the same when no frame is whole in one piece', async () => {
    const lines = bytes.toString().split(/(?<=\n)/);
    expect(await parse(...lines)).toEqual(await parse(bytes));
  });

  it('gives a prefix of its items when it is truncated anywhere', async () => {
    const {items: all, end: wholeEnd} = await parse(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat({max: bytes.length - 1}), async (length) => {
        const {items, end} = await parse(bytes.subarray(0, length));
        expect(items).toEqual(all.slice(0, items.length));
        if (end.complete) expect(bytes.subarray(length).toString().trim()).toBe('');
        else if (wholeEnd.complete) expect(end.reason).toBe('truncated');
      }),
      {numRuns: 60},
    );
  });

  it('never throws with some bytes changed', async () => {
    const change = fc.tuple(fc.nat({max: bytes.length - 1}), fc.nat({max: 255}));
    await fc.assert(
      fc.asyncProperty(fc.array(change, {minLength: 1, maxLength: 5}), async (changes) => {
        const changed = Buffer.from(bytes);
        for (const [at, byte] of changes) changed[at] = byte;
        await parse(changed);
      }),
      {numRuns: 60},
    );
  });
});

it('never throws on junk', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({maxLength: 200})), async (chunks) => {
      await parse('<valgrindoutput>', ...chunks);
    }),
  );
});
