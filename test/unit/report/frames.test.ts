import {describe, expect, it} from 'vitest';
import type {NamedFrame} from '../../../src/judge/types.js';
import {frameText, stackLines} from '../../../src/report/text/frames.js';
import {coloured, plain} from '../../../src/report/text/paint.js';
import {widthOf} from '../../../src/report/text/width.js';
import {frame, stack} from './made.js';

const {malloc, listNew, parseRow, vectorcall, evalFrame, load, main} = frame;
const unnamed: NamedFrame = {origin: 'extension', name: '???', module: 'leaky'};
const nowhere: NamedFrame = {origin: 'unknown', name: '???'};

describe('frameText', () => {
  it.each([
    [parseRow, 'parse_row (parser.c:211)'],
    [load, 'load (table.py)'],
    [unnamed, '??? (in leaky)'],
    [nowhere, '???'],
    [{...parseRow, name: 'a\u001b[2Jb'}, 'a\\x1b[2Jb (parser.c:211)'],
  ])('%#', (one, text) => expect(frameText(one)).toBe(text));

  it.each([
    [24, 'parse_row (parser.c:211)'],
    [23, 'parse_r… (parser.c:211)'],
    [20, 'parse_r… (parser.c:…'],
  ])('in %d columns', (columns, text) => expect(frameText(parseRow, columns)).toBe(text));
});

describe('stackLines', () => {
  it.each<[string, readonly NamedFrame[], readonly string[]]>([
    [
      'folds the interpreter, but not what the extension called',
      stack,
      [
        '  … 3 interpreter and system frames',
        '  PyList_New (listobject.c:187)',
        '▸ parse_row (parser.c:211)',
        '  … 2 interpreter frames',
        '  load (table.py)',
        '  _PyEval_EvalFrameDefault (ceval.c:815)',
        '  body (error-path.yaml)',
        '  … 3 interpreter frames',
      ],
    ],
    [
      'folds no single frame',
      [malloc, listNew, parseRow, vectorcall, load, main],
      [
        '  malloc (vg_replace_malloc.c:393)',
        '  PyList_New (listobject.c:187)',
        '▸ parse_row (parser.c:211)',
        '  PyObject_Vectorcall (call.c:327)',
        '  load (table.py)',
        '  main (python.c:15)',
      ],
    ],
    [
      "shows the interpreter's own leak",
      [malloc, listNew, evalFrame, load, vectorcall, main],
      [
        '  malloc (vg_replace_malloc.c:393)',
        '  PyList_New (listobject.c:187)',
        '  _PyEval_EvalFrameDefault (ceval.c:815)',
        '  load (table.py)',
        '  … 2 interpreter frames',
      ],
    ],
    [
      'shows eight frames of a stack of nothing else',
      Array.from({length: 12}, () => main),
      [...Array.from({length: 8}, () => '  main (python.c:15)'), '  … 4 interpreter frames'],
    ],
    ['says nothing of an empty stack', [], []],
  ])('%s', (_, frames, lines) => expect(stackLines(frames, {paint: plain})).toEqual(lines));

  it('cuts long names, not places', () => {
    const long = {...parseRow, name: `ns::${'very_'.repeat(40)}long`};
    const [line = ''] = stackLines([long], {paint: plain, columns: 40});
    expect(widthOf(line)).toBe(40);
    expect(line).toMatch(/^▸ ns::very_.*… \(parser\.c:211\)$/);
  });

  it('lets the extension stand out, dims the interpreter', () => {
    const paint = coloured();
    expect(stackLines([listNew, parseRow, load], {paint})).toEqual([
      `  ${paint.dim('PyList_New (listobject.c:187)')}`,
      paint.extension('▸ parse_row (parser.c:211)'),
      `  ${paint.python('load (table.py)')}`,
    ]);
    expect(paint.extension('x')).not.toBe('x');
  });
});
