import {Ansis} from 'ansis';

type Brush = (text: string) => string;

/** What colours mean. Reporters that write no colours use {@link plain}. */
export interface Paint {
  readonly bad: Brush;
  readonly warn: Brush;
  readonly good: Brush;
  readonly strong: Brush;
  readonly dim: Brush;
  /** Frames of an extension, which stand out, and of Python. */
  readonly extension: Brush;
  readonly python: Brush;
}

const asIs: Brush = (text) => text;

export const plain: Paint = {
  bad: asIs,
  warn: asIs,
  good: asIs,
  strong: asIs,
  dim: asIs,
  extension: asIs,
  python: asIs,
};

/** The sixteen colours that every terminal theme defines, so that they can be read on any background. */
export function coloured(): Paint {
  const ansis = new Ansis(1);
  return {
    bad: ansis.red.bold,
    warn: ansis.yellow,
    good: ansis.green,
    strong: ansis.bold,
    dim: ansis.dim,
    extension: ansis.bold.magenta,
    python: ansis.cyan,
  };
}

/**
 * Whether to write colours: FORCE_COLOR decides (0 and false mean no), then NO_COLOR
 * (https://no-color.org), then whether the stream is a terminal that can.
 */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const {FORCE_COLOR, NO_COLOR, TERM} = env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return isTerminal && TERM !== 'dumb';
}
