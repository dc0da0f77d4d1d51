import { Cursor } from './cursor.js';
import { syntaxError } from './exception.js';
import { isStringPrefix, scanString } from './scan-string.js';
import type { Line, Token } from './token.js';

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
