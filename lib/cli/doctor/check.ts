/** One thing that the doctor looked at, and the advice. */
export interface Check {
  readonly check: string;
  /** A warning need not be why something does not work; a failure is. */
  readonly state: 'ok' | 'warning' | 'failed';
  /** The finding, in words. */
  readonly found: string;
  /** The next step, where there is one. */
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

/** A check as lines for people. */
export function checkText({ check, state, found, advice }: Check): string {
  const head = `${state.padEnd(7)}  ${check.padEnd(NAME_WIDTH)}  ${found}`;
  return advice === undefined ? head : `${head}\n${' '.repeat(9)}Try: ${advice}`;
}
