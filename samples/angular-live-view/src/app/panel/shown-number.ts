/** A number as people read it: six digits of it, and no `0.30000000000000004`; with its unit. */
export function shownNumber(value: number, unit = ''): string {
  return `${Number(value.toPrecision(6))} ${unit}`.trimEnd();
}
