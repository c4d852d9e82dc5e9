const grouped = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});
const twoSignificant = new Intl.NumberFormat('en-US', {maximumSignificantDigits: 2});
const oneDecimal = new Intl.NumberFormat('en-US', {maximumFractionDigits: 1});

/** Whole numbers with a comma every three digits; others with as many digits as tell them apart: 1.5, 0.14. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return grouped.format(value);
  return Math.abs(value) >= 1 ? oneDecimal.format(value) : twoSignificant.format(value);
}

/** Whether the number, as it is written, takes the singular. */
const isOne = (written: string) => written === '1' || written === '-1';

/** `1 block`, `3 blocks`, `1.5 blocks`; `plural` where an s does not make it. */
export function quantity(value: number, noun: string, plural: string = `${noun}s`): string {
  const written = formatNumber(value);
  return `${written} ${isOne(written) ? noun : plural}`;
}

/** Sizes of downloads and files in decimal units, as browsers show them: `21.3 MB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return quantity(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  // 999.95 and more would be written as 1,000.0.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** A time span given in ms: `340 ms`, `12.3 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return spanOf(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return spanOf(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

const spanOf = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;

/** An estimate in ms without pretended exactness: `5 s`, `40 s`, `3 min`, `1 h 10 min`. */
export function formatEstimate(ms: number): string {
  const seconds = ms / 1000;
  if (seconds <= 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds <= 57) return `${5 * Math.round(seconds / 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `${minutes} min`;
  const tens = 10 * Math.round(minutes / 10);
  return spanOf(Math.floor(tens / 60), 'h', tens % 60, 'min');
}

/** A running time given in ms, as a clock: `0:12`, `3:05`, `1:00:07`. */
export function formatClock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const start = hours === 0 ? String(minutes) : `${hours}:${twoDigits(minutes)}`;
  return `${start}:${twoDigits(seconds % 60)}`;
}
