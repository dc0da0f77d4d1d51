/** A line of a log, told apart by its number. */
export interface Entry {
  readonly id: number;
  readonly text: string;
}

/** A log with a line more, and no more lines than that: the oldest go. */
export function withEntry(entries: readonly Entry[], text: string, most: number): readonly Entry[] {
  const id = (entries.at(-1)?.id ?? 0) + 1;
  return [...entries.slice(-most + 1), { id, text }];
}
