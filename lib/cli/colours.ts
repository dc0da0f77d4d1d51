import { styleText } from 'node:util';

/** Where text goes: a terminal says whether it has colours, which those who want none forbid with `NO_COLOR`. */
export interface MaybeTerminal {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

/** What somebody looks for. */
export function bold(text: string, stream: MaybeTerminal): string {
  return hasColours(stream) ? styleText('bold', text, { validateStream: false }) : text;
}

/** What went wrong. */
export function red(text: string, stream: MaybeTerminal): string {
  return hasColours(stream) ? styleText('red', text, { validateStream: false }) : text;
}

function hasColours(stream: MaybeTerminal): boolean {
  return stream.isTTY === true && stream.hasColors?.() === true;
}
