import {describe, expect, it} from 'vitest';
import {renderAgain} from '../../../src/commands/report.js';
import {fakeIo} from '../report/fake-io.js';
import {summary} from '../report/made.js';

describe('renderAgain', () => {
  it('renders on the terminal when nothing else is asked for', async () => {
    const io = fakeIo();
    expect(await renderAgain(summary(), [], io)).toEqual({ok: true, value: []});
    expect(io.out()).toContain('2 regressed in 12.3 s');
  });

  it('renders as any reporter', async () => {
    const io = fakeIo();
    expect(await renderAgain(summary(), ['json'], io)).toEqual({ok: true, value: []});
    expect(JSON.parse(io.out())).toMatchObject({schemaVersion: 1, startedAt: '2026-02-03T01:02:03.000Z'});
  });

  it('names a report that is incomplete', async () => {
    const io = fakeIo();
    expect(await renderAgain(summary(), ['junit=/dev/full'], io)).toEqual({
      ok: true,
      value: ['junit=/dev/full'],
    });
  });

  it('refuses a reporter it does not know', async () => {
    const io = fakeIo();
    const rendered = await renderAgain(summary(), ['jsno'], io);
    expect(rendered).toMatchObject({
      ok: false,
      error: [{message: 'unknown reporter "jsno", did you mean "json"?'}],
    });
    expect(io.out()).toBe('');
  });
});
