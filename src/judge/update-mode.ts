/**
 * Which results replace their baselines.
 * - `none`: no baseline is written.
 * - `missing`: those of exit scenarios that have none.
 * - `changed`: also those in which something is new, grown, shrunk or fixed.
 * - `all`: every one that was measured, to the last digit.
 */
export const UPDATE_MODES = ['none', 'missing', 'changed', 'all'] as const;
export type UpdateMode = (typeof UPDATE_MODES)[number];
