/** How a body is made smaller and how it is seen that it still leaks. */
export interface Shrinking {
  /** Smaller texts, the most promising first. */
  readonly variantsOf: (text: string) => Promise<readonly string[]>;
  readonly stillLeaks: (text: string) => Promise<boolean>;
  /** Texts that are tried at the same time. */
  readonly jobs: number;
}

export interface Shrunk {
  readonly text: string;
  /** Texts that were run. */
  readonly tries: number;
}

/**
 * The smallest text that still leaks and of which no variant does: delta debugging on the syntax
 * tree (Zeller and Hildebrandt's ddmin, whose subsets are runs of neighbouring statements).
 * Every text is tried once at most, so it ends.
 */
export async function shrink(text: string, {variantsOf, stillLeaks, jobs}: Shrinking): Promise<Shrunk> {
  const tried = new Set([text]);
  let smallest = text;
  for (;;) {
    const variants = (await variantsOf(smallest)).filter((variant) => !tried.has(variant));
    const next = await firstThatLeaks(variants, tried, stillLeaks, jobs);
    if (next === undefined) return {text: smallest, tries: tried.size - 1};
    smallest = next;
  }
}

async function firstThatLeaks(
  variants: readonly string[],
  tried: Set<string>,
  stillLeaks: Shrinking['stillLeaks'],
  jobs: number,
): Promise<string | undefined> {
  for (let start = 0; start < variants.length; start += jobs) {
    const batch = variants.slice(start, start + jobs);
    for (const variant of batch) tried.add(variant);
    const leaks = await Promise.all(batch.map(stillLeaks));
    const index = leaks.indexOf(true);
    if (index !== -1) return batch[index];
  }
  return undefined;
}
