/**
 * Reads a `Retry-After` header: seconds or a date. How long it is honoured is for core to say.
 *
 * @returns milliseconds from `now`; `undefined` when there is none or it makes no sense
 */
export function retryAfterMs(
  header: string | string[] | undefined,
  now: number,
): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
