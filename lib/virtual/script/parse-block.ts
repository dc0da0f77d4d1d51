import { NotUnderstood } from './exception.js';
import { ExpressionParser } from './parse-expression.js';
import { isName, type Token } from './scan.js';
import type { Block, Branch, Expression, Node, Statement } from './tree.js';

const OPERATIONS = ['+', '-', '*', '//', '/', '%'];

/** A line that has no block beneath it: a word, an exception, a call or an assignment. */
function parseSimple(parser: ExpressionParser, line: number): Statement {
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

/** What the lines of a block ask for. */
export function parseBlock(nodes: readonly Node[]): Block {
  const block: Statement[] = [];
  let branches: Branch[] | undefined;
  for (const node of nodes) {
    const parser = new ExpressionParser(node.line.tokens);
    const isBranch = ['elif', 'else'].some((word) => isName(parser.next, word));
    if (!isBranch) branches = isName(parser.next, 'if') ? [] : undefined;
    const statement = understood(node, () => parse(node, parser, branches));
    if (statement.kind === 'unknown') branches = undefined;
    // A further branch is part of the statement that is there already.
    if (!isBranch || statement.kind === 'unknown') block.push(statement);
  }
  return block;
}

function understood({ line }: Node, parsed: () => Statement): Statement {
  try {
    return parsed();
  } catch (error) {
    if (error instanceof NotUnderstood) return { kind: 'unknown', line: line.number };
    throw error;
  }
}

/** @param branches of the `if` that this line begins or goes on with */
function parse(node: Node, parser: ExpressionParser, branches: Branch[] | undefined): Statement {
  const { number: line } = node.line;
  const word = parser.next?.kind === 'name' ? parser.next.text : '';
  switch (word) {
    case 'if':
    case 'elif':
    case 'else':
      if (!branches) throw new NotUnderstood();
      branches.push(branchOf(node, parser, parser.name()));
      return { kind: 'if', branches, line };
    case 'while': {
      parser.name();
      const condition = parser.expression();
      return { kind: 'while', condition, body: bodyOf(node, parser), line };
    }
    case 'for': {
      parser.name();
      const name = parser.name();
      for (const expected of ['in', 'range']) if (parser.name() !== expected) throw new NotUnderstood();
      if (!parser.skip('(')) throw new NotUnderstood();
      const { positional: range, named } = parser.call('range');
      if (range.length < 1 || range.length > 3 || named.size > 0) throw new NotUnderstood();
      return { kind: 'for', name, range, body: bodyOf(node, parser), line };
    }
    case 'def': {
      parser.name();
      const name = parser.name();
      if (!parser.skip('(')) throw new NotUnderstood();
      const { positional, named } = parser.call(name);
      if (named.size > 0) throw new NotUnderstood();
      return { kind: 'def', name, parameters: positional.map(parameterOf), body: bodyOf(node, parser), line };
    }
    case 'class':
      parser.name();
      return { kind: 'class', name: parser.name(), methods: methodsOf(node), line };
    default:
      return parseSimple(parser, line);
  }
}

function branchOf(node: Node, parser: ExpressionParser, word: string): Branch {
  const condition = word === 'else' ? ({ kind: 'value', value: true } as const) : parser.expression();
  return { condition, body: bodyOf(node, parser) };
}

/** What stands behind the colon, or else beneath the line. */
function bodyOf(node: Node, parser: ExpressionParser): Block {
  if (!parser.skip(':')) throw new NotUnderstood();
  if (!parser.next) return parseBlock(node.children);
  return [understood(node, () => parseSimple(parser, node.line.number))];
}

function parameterOf(expression: Expression): string {
  if (expression.kind !== 'name') throw new NotUnderstood();
  return expression.name;
}

function methodsOf({ children }: Node): ReadonlySet<string> {
  const named = ({ line }: Node): Token | undefined => (isName(line.tokens[0], 'def') ? line.tokens[1] : undefined);
  return new Set(children.map(named).flatMap((token) => (token?.kind === 'name' ? [token.text] : [])));
}
