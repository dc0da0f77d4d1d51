import type { Cursor } from './cursor.js';
import { syntaxError } from './exception.js';
import type { Token } from './token.js';

const PREFIXES: ReadonlySet<string> = new Set(['', 'r', 'f', 'u', 'b', 'rb', 'br', 'rf', 'fr']);
const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
/** Digits of a character's number behind `\x`, `\u` and `\U`. */
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Whether a word may stand in front of a quote. */
export function isStringPrefix(word: string): boolean {
  return PREFIXES.has(word.toLowerCase());
}

/**
 * The string that begins here, behind its prefix.
 *
 * @throws {ScriptException} `SyntaxError` when it does not end.
 */
export function scanString(cursor: Cursor, prefix: string): Token {
  const { line } = cursor;
  const quote = cursor.peek();
  const end = cursor.startsWith(quote.repeat(3)) ? quote.repeat(3) : quote;
  const raw = prefix.toLowerCase().includes('r');
  cursor.take(end.length);
  let text = '';
  while (!cursor.startsWith(end)) {
    if (cursor.done || (end.length === 1 && cursor.peek() === '\n')) throw syntaxError(line);
    const character = cursor.take();
    if (character !== '\\') text += character;
    else text += raw ? `\\${cursor.take()}` : escaped(cursor);
  }
  cursor.take(end.length);
  if (prefix.toLowerCase().includes('b')) return { kind: 'unknown' };
  return { kind: prefix.toLowerCase().includes('f') ? 'pattern' : 'string', text };
}

/** What stands for the characters behind a backslash; one that means nothing stays. */
function escaped(cursor: Cursor): string {
  const { line } = cursor;
  const character = cursor.take();
  const digits = HEX_DIGITS[character];
  if (digits === undefined) return ESCAPES[character] ?? `\\${character}`;
  const code = Number(`0x${cursor.take(digits)}`);
  if (!(code <= 0x10ffff)) throw syntaxError(line);
  return String.fromCodePoint(code);
}
