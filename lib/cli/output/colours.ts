import { styleText } from 'node:util';

/** The stream that text goes to: a terminal says whether it has colours; `NO_COLOR` forbids them. */
export interface MaybeTerminal {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

/** Makes text bold, on a terminal with colours. */
export function bold(text: string, stream: MaybeTerminal): string {
  return hasColours(stream) ? styleText('bold', text, { validateStream: false }) : text;
}

/** Makes text red, on a terminal with colours. */
export function red(text: string, stream: MaybeTerminal): string {
  return hasColours(stream) ? styleText('red', text, { validateStream: false }) : text;
}

function hasColours(stream: MaybeTerminal): boolean {
  return stream.isTTY === true && stream.hasColors?.() === true;
}
