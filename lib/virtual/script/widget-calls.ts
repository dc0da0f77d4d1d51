import { evaluate } from './evaluate.js';
import { NotUnderstood } from './exception.js';
import type { Call, Expression } from './tree.js';
import type { Io, Scope } from './scope.js';
import { ScriptWidgets } from './script-widgets.js';
import type { Value } from './value.js';

const PARAMETERS = ['name', 'type', 'value', 'unit', 'min', 'max', 'step', 'options'] as const;

/** `protocol.CBORChannel(on_read=f, on_write=g)`: what is no function that is known is not called. */
export function newWidgets({ positional, named }: Call, { functions }: Scope, { invoke }: Io): ScriptWidgets {
  const functionAt = (expression: Expression | undefined) =>
    expression?.kind === 'name' ? functions.get(expression.name) : undefined;
  const read = functionAt(named.get('on_read') ?? positional[0]);
  const write = functionAt(named.get('on_write') ?? positional[1]);
  return new ScriptWidgets({
    onRead: read && ((channel) => invoke(read, [channel])),
    onWrite: write && ((channel, name, value) => invoke(write, [channel, name, value])),
  });
}

/**
 * `panel.add("gain", type="slider", min=0, max=10)`. Where a name and a type are known the widget is there, so that what
 * is read of it is: what else is not known is as if it were left out.
 */
export function addWidget({ positional, named }: Call, channel: ScriptWidgets, { variables }: Scope): void {
  const given = (parameter: (typeof PARAMETERS)[number]): Expression | undefined =>
    named.get(parameter) ?? positional[PARAMETERS.indexOf(parameter)];
  const known = (parameter: (typeof PARAMETERS)[number]) => knownValue(given(parameter), variables);
  const [name, type, options] = [known('name'), known('type'), given('options')];
  if (typeof name !== 'string' || typeof type !== 'string') throw new NotUnderstood();
  const texts = options?.kind === 'list' ? options.items.map((item) => knownValue(item, variables)) : [];
  channel.add(type, name, {
    value: known('value'),
    unit: known('unit'),
    min: known('min'),
    max: known('max'),
    step: known('step'),
    options: texts.filter((text) => text !== undefined),
  });
}

function knownValue(expression: Expression | undefined, variables: Scope['variables']): Value | undefined {
  try {
    return expression && (evaluate(expression, variables) ?? undefined);
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}
