import { NotUnderstood, ScriptException } from './exception.js';
import type { Expression } from './expression.js';
import { formatted } from './format.js';
import { numberOf, operate } from './operators.js';
import { bounded, hasItems, typeName, type Value } from './value.js';

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
