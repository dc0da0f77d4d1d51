import { NotUnderstood, ScriptException } from './exception.js';
import { bounded, boundedLength, typeName, type Value } from './value.js';

/** The operators between two values that are known before either is used; a higher number binds closer. */
export const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  ...fill(['==', '!=', '<', '<=', '>', '>='], 4),
  ...fill(['+', '-'], 5),
  ...fill(['*', '/', '//', '%'], 6),
};
/** `not` binds looser than a comparison, a sign closer than all. */
export const NOT_PRECEDENCE = 3;
export const COMPARISON = 4;
export const SIGN_PRECEDENCE = 7;

/** What MicroPython calls the operators when it can't apply them. */
const METHODS: Readonly<Record<string, string>> = {
  ...{ '+': '__add__', '-': '__sub__', '*': '__mul__', '/': '__truediv__', '//': '__floordiv__', '%': '__mod__' },
  ...{ '<': '__lt__', '<=': '__le__', '>': '__gt__', '>=': '__ge__' },
};

type Numbers<T> = (left: T, right: T) => T | boolean;

const ofInts: Readonly<Record<string, Numbers<bigint>>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '//': (left, right) => (left - modulo(left, right)) / right,
  '%': modulo,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

const ofFloats: Readonly<Record<string, Numbers<number>>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  // What is left is exact, the quotient of the two is not.
  '//': (left, right) => Math.round((left - floatModulo(left, right)) / right),
  '%': floatModulo,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/**
 * The value of two values and an operator other than `and` and `or`.
 *
 * @throws {ScriptException} `TypeError`, `ZeroDivisionError` or `MemoryError`.
 */
export function operate(operator: string, left: Value, right: Value): Value {
  if (operator === '==') return isEqual(left, right);
  if (operator === '!=') return !isEqual(left, right);
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return ofNumbers(operator, a, b);
  if (operator === '%' && typeof left === 'string') throw new NotUnderstood();
  if (typeof left === 'string' && typeof right === 'string') {
    if (operator === '+') return bounded(left + right);
    if (operator in COMPARISONS) return (COMPARISONS[operator] as (order: number) => boolean)(order(left, right));
  }
  if (operator === '*' && typeof left === 'string' && typeof b === 'bigint') return repeated(left, b);
  if (operator === '*' && typeof right === 'string' && typeof a === 'bigint') return repeated(right, a);
  throw new ScriptException(
    'TypeError',
    `unsupported types for ${METHODS[operator] ?? operator}: '${typeName(left)}', '${typeName(right)}'`,
  );
}

function ofNumbers(operator: string, left: bigint | number, right: bigint | number): Value {
  if (isZero(right) && ['/', '//', '%'].includes(operator))
    throw new ScriptException('ZeroDivisionError', 'divide by zero');
  const ints = ofInts[operator];
  if (ints && typeof left === 'bigint' && typeof right === 'bigint') return bounded(ints(left, right));
  return (ofFloats[operator] as Numbers<number>)(Number(left), Number(right));
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** True and False are 1 and 0 where numbers are wanted. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'boolean') return BigInt(value);
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}

function isEqual(left: Value, right: Value): boolean {
  const [a, b] = [numberOf(left), numberOf(right)];
  // An int and a float are equal by their value, which is what == compares and === does not.
  // eslint-disable-next-line eqeqeq -- see above
  return a !== undefined && b !== undefined ? a == b : left === right;
}

function isZero(value: bigint | number): boolean {
  return value === 0n || value === 0;
}

/** The remainder has the sign of the divisor. */
function modulo(left: bigint, right: bigint): bigint {
  const remainder = left % right;
  return remainder !== 0n && remainder < 0n !== right < 0n ? remainder + right : remainder;
}

function floatModulo(left: number, right: number): number {
  const remainder = left % right;
  return remainder !== 0 && remainder < 0 !== right < 0 ? remainder + right : remainder;
}

function repeated(text: string, times: bigint): string {
  const count = times > 0n ? Number(times) : 0;
  boundedLength(text.length * count);
  return text.repeat(count);
}

function fill(operators: readonly string[], precedence: number): Record<string, number> {
  return Object.fromEntries(operators.map((operator) => [operator, precedence]));
}
