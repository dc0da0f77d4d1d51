/** The result of one check. */
export interface Check {
  readonly check: string;
  /** A failure explains why something does not work. A warning may. */
  readonly state: 'ok' | 'warning' | 'failed';
  /** The finding, in words. */
  readonly found: string;
  /** The next step, if there is one. */
  readonly advice?: string;
}

export const ok = (check: string, found: string): Check => ({ check, state: 'ok', found });

export const warning = (check: string, found: string, advice: string): Check => ({
  check,
  state: 'warning',
  found,
  advice,
});

export const failed = (check: string, found: string, advice?: string): Check => ({
  check,
  state: 'failed',
  found,
  ...(advice !== undefined && { advice }),
});

const NAME_WIDTH = 13;

/** Shows a check in one or two lines. */
export function checkText({ check, state, found, advice }: Check): string {
  const head = `${state.padEnd(7)}  ${check.padEnd(NAME_WIDTH)}  ${found}`;
  return advice === undefined ? head : `${head}\n${' '.repeat(9)}Try: ${advice}`;
}
