let last = 0;

/** An id that nothing else on the page has, for what a `label` belongs to. */
export function uniqueId(): string {
  return `widget-${++last}`;
}
