/** The value of a script's parameter. */
export type ScriptValue = number | string | boolean;

/** A literal of MicroPython. */
export interface Literal {
  readonly type: 'integer' | 'float' | 'string' | 'boolean';
  readonly value: ScriptValue;
}

const INTEGER = /^[+-]?(?:\d+(?:_\d+)*|0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)$/;
const FLOAT = /^[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/;
/** A string on one line. */
const STRING = /^(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")$/;
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs;

const ESCAPED = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['0', '\0'],
]);

/** Parses a literal. Returns `undefined` if the text is not a literal of a type that a parameter may have. */
export function parseLiteral(text: string): Literal | undefined {
  if (text === 'True' || text === 'False') return { type: 'boolean', value: text === 'True' };
  if (INTEGER.test(text)) return { type: 'integer', value: integer(text.replaceAll('_', '')) };
  if (FLOAT.test(text)) return { type: 'float', value: Number(text) };
  const string = STRING.exec(text);
  if (string === null) return undefined;
  return { type: 'string', value: unescaped(string[1] ?? string[2] ?? '') };
}

function integer(text: string): number {
  const digits = text.replace(/^[+-]/, '');
  return text.startsWith('-') ? -Number(digits) : Number(digits);
}

function unescaped(text: string): string {
  return text.replaceAll(ESCAPE, (whole, x?: string, u?: string, long?: string, character?: string) => {
    const code = x ?? u ?? long;
    if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
    return ESCAPED.get(character ?? '') ?? whole;
  });
}

/** Formats a value as a literal of MicroPython. */
export function formatLiteral({ type, value }: Literal): string {
  if (type === 'boolean') return value === true ? 'True' : 'False';
  if (type === 'string') return quoted(String(value));
  const number = String(value);
  return type === 'float' && Number.isInteger(value) && !/[e.]/.test(number) ? `${number}.0` : number;
}

function quoted(text: string): string {
  const inner = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') return `\\${character}`;
    if (character === '\n') return '\\n';
    return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : character;
  });
  return `"${inner.join('')}"`;
}
