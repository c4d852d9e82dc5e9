/**
 * What growth scenarios get that set nothing themselves. The warm-up fills caches and free
 * lists that a first use fills; five intervals tell a leak from one late cache.
 */
export const GROWTH_DEFAULTS = {warmup: 10, iterations: 10, checkpoints: 5} as const;
