import { NotUnderstood } from './exception.js';
import type { Expression } from './expression.js';
import type { ExpressionParser } from './parse-expression.js';
import type { Statement } from './statement.js';

const OPERATIONS = ['+', '-', '*', '//', '/', '%'];

/** A line that has no block beneath it: a word, an exception, a call or an assignment. */
export function parseSimple(parser: ExpressionParser, line: number): Statement {
  const name = parser.name();
  // What a function gives back nobody asks for.
  if (name === 'return') return { kind: 'return', line };
  if (name === 'global') return { kind: 'global', names: names(parser), line };
  if (name === 'pass' || name === 'break' || name === 'continue') {
    if (parser.next) throw new NotUnderstood();
    return { kind: name, line };
  }
  if (name === 'raise') return { kind: 'raise', ...exception(parser), line };
  if (parser.skip('(')) {
    const call = parser.call(name);
    if (parser.next) throw new NotUnderstood();
    return { kind: 'call', call, line };
  }
  if (name.includes('.')) throw new NotUnderstood();
  if (parser.skip('[')) {
    const target = { kind: 'subscript', name, index: parser.index() } as const;
    return { kind: 'setting', target, value: assigned(parser, target), line };
  }
  return { kind: 'assignment', name, value: assigned(parser, { kind: 'name', name }), line };
}

function names(parser: ExpressionParser): readonly string[] {
  const all = [parser.name()];
  while (parser.skip(',')) all.push(parser.name());
  if (parser.next) throw new NotUnderstood();
  return all;
}

function assigned(parser: ExpressionParser, target: Expression): Expression {
  if (parser.skip('=')) return parser.wholeOrUnknown();
  const operator = OPERATIONS.find((candidate) => parser.skip(`${candidate}=`));
  if (operator === undefined) throw new NotUnderstood();
  return { kind: 'operation', operator, left: target, right: parser.whole() };
}

/** `ValueError`, `ValueError()` or `ValueError("why")`. */
function exception(parser: ExpressionParser): { type: string; message: Expression | undefined } {
  const type = parser.name();
  const { positional } = parser.skip('(') ? parser.call(type) : { positional: [] };
  if (parser.next || positional.length > 1 || !startsWithCapital(type)) throw new NotUnderstood();
  return { type, message: positional[0] };
}

/** Classes do; a variable that holds an exception does not. */
function startsWithCapital(name: string): boolean {
  return name.charAt(0) >= 'A' && name.charAt(0) <= 'Z';
}
