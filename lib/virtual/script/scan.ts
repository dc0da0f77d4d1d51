import { Cursor } from './cursor.js';
import { syntaxError } from './exception.js';

/** A word of a script. */
export type Token =
  | { readonly kind: 'name' | 'operator'; readonly text: string }
  | { readonly kind: 'number'; readonly value: bigint | number }
  /** `pattern` is that of an f-string, before its braces are looked at. */
  | { readonly kind: 'string' | 'pattern'; readonly text: string }
  /** What is well formed, and nothing that the interpreter knows. */
  | { readonly kind: 'unknown' };

/** A line of a script: physical ones that a bracket, a long string or a backslash joins are one. */
export interface Line {
  /** Of its first physical line, from 1 on. */
  readonly number: number;
  /** Columns in front of it. */
  readonly indent: number;
  readonly tokens: readonly Token[];
}

export function isOperator(token: Token | undefined, text: string): boolean {
  return token?.kind === 'operator' && token.text === text;
}

export function isName(token: Token | undefined, text: string): boolean {
  return token?.kind === 'name' && token.text === text;
}

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
function isStringPrefix(word: string): boolean {
  return PREFIXES.has(word.toLowerCase());
}

/**
 * The string that begins here, behind its prefix.
 *
 * @throws {ScriptException} `SyntaxError` when it does not end.
 */
function scanString(cursor: Cursor, prefix: string): Token {
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

/** Longer ones first. */
const OPERATORS: readonly string[] = [
  ...['//=', '**=', '<<=', '>>=', '...'],
  ...['==', '!=', '<=', '>=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '@=', '//', '**', '<<', '>>', '->', ':='],
  ...'+-*/%@&|^~<>=()[]{},:;.'.split(''),
];
const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const TAB = 8;
const LONGEST_NUMBER = 400;

/**
 * The lines of a script in words, without those that say nothing.
 *
 * @throws {ScriptException} `SyntaxError` for a string or a bracket that does not end, a bracket that nothing has begun,
 * and characters that no word begins with.
 */
export function scan(source: string): Line[] {
  const cursor = new Cursor(source.replaceAll('\r\n', '\n'));
  const lines: Line[] = [];
  while (!cursor.done) {
    const indent = scanIndent(cursor);
    const { line: number } = cursor;
    const tokens = scanTokens(cursor);
    if (tokens.length > 0) lines.push({ number, indent, tokens });
  }
  return lines;
}

function scanIndent(cursor: Cursor): number {
  let columns = 0;
  for (const character of cursor.takeWhile(isBlank)) columns += character === '\t' ? TAB - (columns % TAB) : 1;
  return columns;
}

/** The words up to the end of the line, which is none within brackets. */
function scanTokens(cursor: Cursor): Token[] {
  const { line } = cursor;
  const tokens: Token[] = [];
  const open: string[] = [];
  for (;;) {
    cursor.takeWhile(isBlank);
    if (cursor.peek() === '#') cursor.takeWhile((character) => character !== '\n');
    if (cursor.done) break;
    if (cursor.startsWith('\\\n')) cursor.take(2);
    else if (cursor.peek() !== '\n') tokens.push(scanToken(cursor, open));
    else {
      cursor.take();
      if (open.length === 0) break;
    }
  }
  if (open.length > 0) throw syntaxError(line);
  return tokens;
}

/** @param open the brackets that are to be closed, innermost last */
function scanToken(cursor: Cursor, open: string[]): Token {
  const character = cursor.peek();
  if (isQuote(character)) return scanString(cursor, '');
  if (isDigit(character) || (character === '.' && isDigit(cursor.peek(1)))) return scanNumber(cursor);
  if (isWordPart(character)) {
    const text = cursor.takeWhile(isWordPart);
    return isQuote(cursor.peek()) && isStringPrefix(text) ? scanString(cursor, text) : { kind: 'name', text };
  }
  const text = OPERATORS.find((operator) => cursor.startsWith(operator));
  if (text === undefined) throw syntaxError(cursor.line);
  const closes = CLOSES[text];
  if (closes !== undefined) open.push(closes);
  else if (Object.values(CLOSES).includes(text) && open.pop() !== text) throw syntaxError(cursor.line);
  cursor.take(text.length);
  return { kind: 'operator', text };
}

function scanNumber(cursor: Cursor): Token {
  const { line } = cursor;
  const takeDigits = () => cursor.takeWhile((character) => isWordPart(character) || character === '.');
  let text = takeDigits();
  while (endsInExponent(text) && isSign(cursor.peek())) text += cursor.take() + takeDigits();
  const digits = text.replaceAll('_', '');
  const value = digits.length > LONGEST_NUMBER ? NaN : valueOf(digits);
  if (Number.isNaN(value)) throw syntaxError(line);
  return { kind: 'number', value };
}

function valueOf(digits: string): bigint | number {
  try {
    return BigInt(digits);
  } catch {
    return Number(digits);
  }
}

/** The `e` of a hexadecimal number is a digit. */
function endsInExponent(number: string): boolean {
  return number.toLowerCase().endsWith('e') && !number.toLowerCase().startsWith('0x');
}

const isSign = (character: string) => character === '+' || character === '-';
const isBlank = (character: string) =>
  character === ' ' || character === '\t' || character === '\f' || character === '\r';
const isQuote = (character: string) => character === "'" || character === '"';
const isDigit = (character: string) => character >= '0' && character <= '9';

/** Letters of any language, digits and the underscore. */
function isWordPart(character: string): boolean {
  return (
    isDigit(character) ||
    character === '_' ||
    character > '\u007f' ||
    (character.toLowerCase() >= 'a' && character.toLowerCase() <= 'z')
  );
}
