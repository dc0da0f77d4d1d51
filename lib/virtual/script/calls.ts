import { messageOf } from '../../errors.js';
import type { Backend } from '../../device/backend.js';
import { evaluate } from './evaluate.js';
import { NotUnderstood, ScriptException } from './exception.js';
import type { Call, Expression } from './tree.js';
import { numberOf } from './operators.js';
import type { Io, Scope } from './scope.js';
import { scriptChannel } from './script-channel.js';
import { ScriptWidgets } from './script-widgets.js';
import { hasItems, textOf, typeName, type Value } from './value.js';
import { addWidget, newWidgets } from './widget-calls.js';

type Known = (call: Call, scope: Scope, io: Io) => Value;

const known: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['print', print],
  ['protocol.register', register],
  ['protocol.unregister', unregister],
  ['protocol.CBORChannel', newWidgets],
  ['CBORChannel', newWidgets],
]);

/** How long a call sleeps, in milliseconds for one of what it is given. */
const SLEEPS: ReadonlyMap<string, number> = new Map([
  ['time.sleep', 1000],
  ['time.sleep_ms', 1],
  ['sleep', 1000],
  ['sleep_ms', 1],
]);

/**
 * Does what a call asks for, at once, and gives its value.
 *
 * @throws {NotUnderstood} when it is none of those that are known.
 */
export function perform(call: Call, scope: Scope, io: Io): Value {
  const work = known.get(call.name);
  if (work) return work(call, scope, io);
  const [name = '', method, ...further] = call.name.split('.');
  const object = scope.variables.get(name);
  if (further.length > 0 || object === undefined) throw new NotUnderstood();
  if (method === 'send_event') return sendEvent(call, object, scope);
  if (method !== 'add' || !(object instanceof ScriptWidgets)) throw new NotUnderstood();
  addWidget(call, object, scope);
  return null;
}

/** How long a call that sleeps is to take, or `undefined` for another. */
export function sleepMs({ name, positional }: Call, { variables }: Scope): number | undefined {
  const unit = SLEEPS.get(name);
  if (unit === undefined) return undefined;
  const [amount] = positional;
  const number = amount && numberOf(evaluate(amount, variables));
  if (number === undefined) throw new NotUnderstood();
  return Math.max(0, Number(number) * unit) || 0;
}

function print({ positional, named }: Call, { variables }: Scope, io: Io): Value {
  const text = (expression: Expression) => textOf(evaluate(expression, variables));
  const or = (name: string, otherwise: string) => {
    const given = named.get(name);
    return given ? text(given) : otherwise;
  };
  io.print(positional.map(text).join(or('sep', ' ')) + or('end', '\n'));
  return null;
}

/** `protocol.register(name="x", backend=X())`. */
function register({ positional, named }: Call, scope: Scope, io: Io): Value {
  const name = textAt(named.get('name') ?? positional[0], scope);
  const backend = named.get('backend') ?? positional[1];
  const served = backendOf(backend, scope, io);
  try {
    const channel = io.register(name, served);
    scope.channels.set(name, channel);
    return channel;
  } catch (error) {
    throw new ScriptException('RuntimeError', messageOf(error));
  }
}

function backendOf(given: Expression | undefined, scope: Scope, io: Io): Backend {
  if (given?.kind === 'call' && known.get(given.name) === newWidgets) return newWidgets(given, scope, io);
  const object = given?.kind === 'name' ? scope.variables.get(given.name) : undefined;
  if (object instanceof ScriptWidgets) return object;
  return scriptChannel(given?.kind === 'call' ? scope.classes.get(given.name) : undefined);
}

function unregister({ positional, named }: Call, scope: Scope): Value {
  const name = textAt(named.get('name') ?? positional[0], scope);
  const channel = scope.channels.get(name);
  if (!channel) throw new ScriptException('ValueError', `this script has registered no channel '${name}'`);
  channel.unregister();
  scope.channels.delete(name);
  return null;
}

/** `channel.send_event(5)`, of what `register` gave. */
function sendEvent({ positional }: Call, channel: Value, { variables }: Scope): Value {
  if (hasItems(channel))
    throw new ScriptException('AttributeError', `'${typeName(channel)}' object has no attribute 'send_event'`);
  const event = positional[0] && numberOf(evaluate(positional[0], variables));
  if (channel === null || typeof channel !== 'object' || typeof event !== 'bigint') throw new NotUnderstood();
  if (event < 0n || event > 0xffffn) throw new ScriptException('ValueError', 'an event is 0 to 65535');
  channel.sendEvent(Number(event));
  return null;
}

function textAt(expression: Expression | undefined, { variables }: Scope): string {
  const value = expression && evaluate(expression, variables);
  if (typeof value !== 'string') throw new NotUnderstood();
  return value;
}
