import { NotUnderstood } from './exception.js';
import { COMPARISON, NOT_PRECEDENCE, PRECEDENCE, SIGN_PRECEDENCE } from './operators.js';
import { isOperator, scan, type Token } from './scan.js';
import type { Call, Expression, Field } from './tree.js';
import type { Value } from './value.js';

/** An f-string in parts: its text, with `{{` and `}}` for braces, and its fields `{expression:format}`. */
function parsePattern(pattern: string, parse: (tokens: readonly Token[]) => Expression): (string | Field)[] {
  const parts: (string | Field)[] = [];
  let text = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if ((character === '{' || character === '}') && pattern[at + 1] === character) text += pattern.charAt(at++);
    else if (character === '}') throw new NotUnderstood();
    else if (character !== '{') text += character;
    else {
      const end = pattern.indexOf('}', at);
      if (end < 0) throw new NotUnderstood();
      parts.push(text, parseField(pattern.slice(at + 1, end), parse));
      text = '';
      at = end;
    }
  }
  return [...parts, text];
}

function parseField(field: string, parse: (tokens: readonly Token[]) => Expression): Field {
  const colon = field.indexOf(':');
  const [expression, format] = colon < 0 ? [field, ''] : [field.slice(0, colon), field.slice(colon + 1)];
  return { expression: parse(wordsOf(expression)), format };
}

function wordsOf(expression: string): readonly Token[] {
  try {
    return scan(expression)[0]?.tokens ?? [];
  } catch {
    throw new NotUnderstood();
  }
}

const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const DEEPEST = 40;
const LARGEST = 1000;

const isOneOf = (token: Token | undefined, operators: string) =>
  token?.kind === 'operator' && operators.includes(token.text);

/** The expression that some words are. */
function parseExpression(tokens: readonly Token[]): Expression {
  return new ExpressionParser(tokens).whole();
}

/** Reads expressions out of the words of a line. Each method throws `NotUnderstood` at what it does not know. */
export class ExpressionParser {
  private at = 0;
  private depth = 0;
  private parts = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  /** The next word. */
  get next(): Token | undefined {
    return this.tokens[this.at];
  }

  /** The expression that all that is left must be. */
  whole(): Expression {
    const expression = this.expression();
    if (this.next) throw new NotUnderstood();
    return expression;
  }

  /** The same, where it matters that there is one even if it is not known. */
  wholeOrUnknown(): Expression {
    try {
      return this.whole();
    } catch (error) {
      if (error instanceof NotUnderstood) return { kind: 'unknown' };
      throw error;
    }
  }

  /** The longest expression from here on whose operators bind at least so close. */
  expression(precedence = 1): Expression {
    if (++this.depth > DEEPEST || ++this.parts > LARGEST) throw new NotUnderstood();
    let left = this.operand(precedence);
    for (let operator = this.operator(precedence); operator; operator = this.operator(precedence)) {
      const binds = PRECEDENCE[operator] as number;
      this.at++;
      left = { kind: 'operation', operator, left, right: this.expression(binds + 1) };
      // `a < b < c` is not `(a < b) < c`.
      if (binds === COMPARISON && this.operator(COMPARISON) !== undefined) throw new NotUnderstood();
    }
    this.depth--;
    return left;
  }

  /** A name with its dots. */
  name(): string {
    const parts: string[] = [];
    do {
      const token = this.take();
      if (token?.kind !== 'name') throw new NotUnderstood();
      parts.push(token.text);
    } while (this.skip('.'));
    return parts.join('.');
  }

  /** True when the next word is this operator, which it passes over. */
  skip(operator: string): boolean {
    const found = isOperator(this.next, operator);
    if (found) this.at++;
    return found;
  }

  /** The arguments of a call, behind their opening bracket and up to the closing one. */
  call(name: string): Call {
    const positional: Expression[] = [];
    const named = new Map<string, Expression>();
    while (!this.skip(')')) {
      const [word, equals] = [this.next, this.tokens[this.at + 1]];
      if (word?.kind === 'name' && isOperator(equals, '=')) {
        this.at += 2;
        named.set(word.text, this.argument());
      } else positional.push(this.argument());
      if (!this.skip(',') && !isOperator(this.next, ')')) throw new NotUnderstood();
    }
    return { kind: 'call', name, positional, named };
  }

  /** What stands in square brackets, behind the opening one. */
  index(): Expression {
    const index = this.expression();
    if (!this.skip(']')) throw new NotUnderstood();
    return index;
  }

  /** One that is not known is passed over by itself: a call may do without. */
  private argument(): Expression {
    const { at, depth } = this;
    try {
      const argument = this.expression();
      if (this.isBehindArgument) return argument;
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
    }
    this.at = at;
    this.depth = depth;
    for (let open = 0; this.next && (open > 0 || !this.isBehindArgument); this.at++)
      open += Number(isOneOf(this.next, '([{')) - Number(isOneOf(this.next, ')]}'));
    return { kind: 'unknown' };
  }

  private get isBehindArgument(): boolean {
    return isOneOf(this.next, ',)');
  }

  private list(): Expression {
    const items: Expression[] = [];
    while (!this.skip(']')) {
      items.push(this.expression());
      if (!this.skip(',') && !isOperator(this.next, ']')) throw new NotUnderstood();
    }
    return { kind: 'list', items };
  }

  private take(): Token | undefined {
    return this.tokens[this.at++];
  }

  private operator(precedence: number): string | undefined {
    const { next } = this;
    if (next?.kind !== 'operator' && next?.kind !== 'name') return undefined;
    const binds = Object.hasOwn(PRECEDENCE, next.text) ? (PRECEDENCE[next.text] as number) : 0;
    return binds >= precedence ? next.text : undefined;
  }

  private operand(precedence: number): Expression {
    const token = this.next;
    if (token?.kind === 'name') return this.word(token.text, precedence);
    this.at++;
    if (isOperator(token, '-')) return { kind: 'sign', operator: '-', operand: this.expression(SIGN_PRECEDENCE) };
    if (isOperator(token, '+')) return { kind: 'sign', operator: '+', operand: this.expression(SIGN_PRECEDENCE) };
    if (isOperator(token, '(')) {
      const inner = this.expression();
      if (!this.skip(')')) throw new NotUnderstood();
      return inner;
    }
    if (isOperator(token, '[')) return this.list();
    if (token?.kind === 'number') return { kind: 'value', value: token.value };
    if (token?.kind === 'string') return { kind: 'value', value: token.text };
    if (token?.kind === 'pattern') return { kind: 'pattern', parts: parsePattern(token.text, parseExpression) };
    throw new NotUnderstood();
  }

  private word(text: string, precedence: number): Expression {
    if (text === 'not') {
      if (precedence > NOT_PRECEDENCE) throw new NotUnderstood();
      this.at++;
      return { kind: 'sign', operator: 'not', operand: this.expression(NOT_PRECEDENCE) };
    }
    const name = this.name();
    const constant = CONSTANTS.get(name);
    if (constant !== undefined) return { kind: 'value', value: constant };
    if (this.skip('[')) return { kind: 'subscript', name, index: this.index() };
    return this.skip('(') ? this.call(name) : { kind: 'name', name };
  }
}
