import { NotUnderstood, ScriptException } from './exception.js';
import { numberOf, operate } from './operators.js';
import type { Expression } from './tree.js';
import { bounded, boundedLength, hasItems, textOf, typeName, type Value } from './value.js';

/** `[0][width][.precision][d|f|x]` of a field of an f-string. */
interface Format {
  readonly zeros: boolean;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

const MOST_DECIMALS = 100;

/** A value as a field of an f-string shows it: numbers to the right of their width, text to the left. */
function formatted(value: Value, format: string): string {
  if (format === '') return textOf(value);
  const { zeros, width, precision, type } = parse(format);
  const number = numberOf(value);
  boundedLength(width);
  if (number === undefined) {
    if (zeros || precision !== undefined || type !== '') throw new NotUnderstood();
    return textOf(value).padEnd(width);
  }
  return padded(digitsOf(number, precision, type), width, zeros);
}

function digitsOf(number: bigint | number, precision: number | undefined, type: string): string {
  if (type === 'f') return Number(number).toFixed(precision ?? 6);
  if (precision !== undefined) throw new NotUnderstood();
  if (typeof number === 'bigint') return number.toString(type === 'x' ? 16 : 10);
  if (type !== '') throw new NotUnderstood();
  return textOf(number);
}

/** Zeros come behind the sign. */
function padded(digits: string, width: number, zeros: boolean): string {
  if (!zeros) return digits.padStart(width);
  const sign = digits.startsWith('-') ? '-' : '';
  return sign + digits.slice(sign.length).padStart(width - sign.length, '0');
}

function parse(format: string): Format {
  const zeros = format.startsWith('0');
  const width = leadingDigits(format);
  const behind = format.slice(width.length);
  const decimals = behind.startsWith('.') ? leadingDigits(behind.slice(1)) : undefined;
  const type = behind.slice(decimals === undefined ? 0 : 1 + decimals.length);
  if (!['', 'd', 'f', 'x'].includes(type) || decimals === '' || Number(decimals) > MOST_DECIMALS)
    throw new NotUnderstood();
  return { zeros, width: Number(width), precision: decimals === undefined ? undefined : Number(decimals), type };
}

function leadingDigits(text: string): string {
  let count = 0;
  while (text.charAt(count) >= '0' && text.charAt(count) <= '9' && count < text.length) count++;
  return text.slice(0, count);
}

type Variables = ReadonlyMap<string, Value>;

/**
 * The value of an expression. What calls do is not known here.
 *
 * @throws {NotUnderstood} when something in it is not known.
 * @throws {ScriptException} when it can't be computed.
 */
export function evaluate(expression: Expression, variables: Variables): Value {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'name': {
      const value = variables.get(expression.name);
      if (value === undefined) throw new NotUnderstood();
      return value;
    }
    case 'subscript': {
      const value = variables.get(expression.name);
      if (!hasItems(value)) throw new NotUnderstood();
      return value.item(evaluate(expression.index, variables));
    }
    case 'pattern':
      return bounded(
        expression.parts
          .map((part) =>
            typeof part === 'string' ? part : formatted(evaluate(part.expression, variables), part.format),
          )
          .join(''),
      );
    case 'sign':
      return signed(expression.operator, evaluate(expression.operand, variables));
    case 'operation': {
      const left = evaluate(expression.left, variables);
      // The second value is looked at only where the first has not decided.
      if (expression.operator === (left ? 'or' : 'and')) return left;
      const right = evaluate(expression.right, variables);
      return ['and', 'or'].includes(expression.operator) ? right : operate(expression.operator, left, right);
    }
    case 'call':
    case 'list':
    case 'unknown':
      throw new NotUnderstood();
  }
}

function signed(operator: '+' | '-' | 'not', value: Value): Value {
  if (operator === 'not') return !value;
  const number = numberOf(value);
  if (number === undefined) {
    const method = operator === '-' ? '__neg__' : '__pos__';
    throw new ScriptException('TypeError', `unsupported type for ${method}: '${typeName(value)}'`);
  }
  return operator === '-' ? -number : number;
}
