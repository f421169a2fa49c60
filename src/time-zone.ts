/**
 * Whether it is the name of a time zone to whatever computes with it. `Intl` knows names that `Temporal` refuses, as
 * `US/Pacific-New`, and `Temporal` takes a whole moment for its time zone.
 */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.PlainDate.from('2026-01-01').toZonedDateTime(name);
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
