import type { ScriptIo } from './script-io.js';
import { perform, sleepMs } from './calls.js';
import { evaluate } from './evaluate.js';
import { NotUnderstood, ScriptException } from './exception.js';
import type { Expression } from './tree.js';
import { numberOf } from './operators.js';
import type { Io, Scope } from './scope.js';
import type { Block, Jump, ScriptFunction, Statement } from './tree.js';
import { hasItems, textOf, type Value } from './value.js';

/** How long a round of `while` takes in which nothing sleeps: no script keeps its program from anything else. */
const ROUND_MS = 100;
/** One that computes for long takes a moment now and then for the same reason, and a sleep is never shorter. */
const LINES_AT_ONCE = 10_000;
const MOMENT_MS = 1;
/** How often a function may sleep that a channel calls: it takes no time, and has to end. */
const MOST_SLEEPS = 100;

/** What a script is doing. Its steps are the milliseconds that it sleeps. */
export class Execution {
  private readonly scope: Scope;
  private readonly io: Io;
  /** The names of a function's that are not its own. */
  private readonly globals = new Set<string>();
  /** How many lines had an effect, and how often it slept. */
  private done = 0;
  private slept = 0;
  private atOnce = 0;

  /** @param own what is known at the beginning: that of a function, or of a script nothing */
  constructor(
    io: Pick<ScriptIo, 'print' | 'register'> & Partial<Io>,
    private readonly own?: Scope,
  ) {
    this.scope = own ?? { variables: new Map(), functions: new Map(), classes: new Map(), channels: new Map() };
    // A function that a function hands out is the script's as well.
    this.io = { invoke: (work, values) => this.invoke(work, values), ...io };
  }

  /** Ends early with the word that leaves a loop or its round. */
  *run(block: Block): Generator<number, Jump | undefined> {
    for (const statement of block) {
      yield* this.breathe();
      try {
        const jump = yield* this.step(statement);
        if (jump) return jump;
      } catch (error) {
        if (error instanceof ScriptException) throw error.at(statement.line);
        if (!(error instanceof NotUnderstood)) throw error;
      }
    }
    return undefined;
  }

  private *step(statement: Statement): Generator<number, Jump | undefined> {
    const { scope } = this;
    switch (statement.kind) {
      case 'break':
      case 'continue':
        return statement.kind;
      case 'return':
        if (!this.own) throw new NotUnderstood();
        return statement.kind;
      case 'call': {
        const ms = sleepMs(statement.call, scope);
        if (ms === undefined) perform(statement.call, scope, this.io);
        else yield* this.sleep(ms);
        break;
      }
      case 'assignment':
        scope.variables.set(statement.name, this.assigned(statement.name, statement.value));
        break;
      case 'setting': {
        const { target, value } = statement;
        const set = evaluate(value, scope.variables);
        const object = scope.variables.get(target.name);
        if (!hasItems(object)) throw new NotUnderstood();
        object.setItem(evaluate(target.index, scope.variables), set);
        break;
      }
      case 'global':
        for (const name of statement.names) this.globals.add(name);
        break;
      case 'def':
        scope.functions.set(statement.name, statement);
        break;
      case 'class':
        scope.classes.set(statement.name, statement.methods);
        break;
      case 'raise': {
        const { type, message } = statement;
        throw new ScriptException(type, message ? textOf(evaluate(message, scope.variables)) : '');
      }
      case 'if': {
        this.done++;
        const branch = statement.branches.find(({ condition }) => evaluate(condition, scope.variables));
        return branch && (yield* this.run(branch.body));
      }
      case 'while':
        return yield* this.while(statement);
      case 'for':
        return yield* this.for(statement);
      case 'pass':
      case 'unknown':
        return undefined;
    }
    this.done++;
    return undefined;
  }

  /** A round in which nothing was understood shows its number, so that one sees the script run. */
  private *while({ condition, body }: Extract<Statement, { kind: 'while' }>): Generator<number, Jump | undefined> {
    for (let idle = 0; evaluate(condition, this.scope.variables);) {
      const { done, slept } = this;
      const jump = yield* this.run(body);
      if (jump === 'return') return jump;
      if (jump === 'break') return undefined;
      if (this.slept === slept) yield* this.sleep(ROUND_MS);
      if (this.done === done) this.io.print(`${idle++}\n`);
    }
    return undefined;
  }

  private *for({ name, range, body }: Extract<Statement, { kind: 'for' }>): Generator<number, Jump | undefined> {
    const { from, to, by } = this.rangeOf(range.map((bound) => evaluate(bound, this.scope.variables)).map(numberOf));
    for (let value = from; by > 0n ? value < to : value > to; value += by) {
      this.scope.variables.set(name, value);
      yield* this.breathe();
      const jump = yield* this.run(body);
      if (jump === 'return') return jump;
      if (jump === 'break') return undefined;
    }
    this.done++;
    return undefined;
  }

  private rangeOf(bounds: readonly (bigint | number | undefined)[]): { from: bigint; to: bigint; by: bigint } {
    const ints = bounds.map((bound) => {
      if (typeof bound !== 'bigint') throw new NotUnderstood();
      return bound;
    });
    const [first = 0n, second, by = 1n] = ints;
    if (by === 0n) throw new ScriptException('ValueError', 'zero step');
    return second === undefined ? { from: 0n, to: first, by } : { from: first, to: second, by };
  }

  /** A variable whose new value is not known has none. */
  private assigned(name: string, value: Expression): Value {
    const { scope } = this;
    try {
      return value.kind === 'call' ? perform(value, scope, this.io) : evaluate(value, scope.variables);
    } catch (error) {
      scope.variables.delete(name);
      throw error;
    }
  }

  /** Runs a function, whose variables are its own but for those that it says are not. */
  private invoke({ parameters, body }: ScriptFunction, values: readonly Value[]): void {
    if (parameters.length !== values.length) {
      const message = `function takes ${parameters.length} positional arguments but ${values.length} were given`;
      throw new ScriptException('TypeError', message);
    }
    const { variables } = this.scope;
    const own = new Map([...variables, ...parameters.map((name, at) => [name, values[at] as Value] as const)]);
    const called = new Execution(this.io, { ...this.scope, variables: own });
    const steps = called.run(body);
    try {
      for (let slept = 0; steps.next().done !== true; slept++)
        if (slept === MOST_SLEEPS)
          throw new ScriptException('RuntimeError', 'a function that a channel calls has to end');
    } finally {
      for (const name of called.globals) {
        const value = own.get(name);
        if (value === undefined) variables.delete(name);
        else variables.set(name, value);
      }
    }
  }

  private *sleep(ms: number): Generator<number, undefined> {
    this.slept++;
    this.atOnce = 0;
    yield Math.max(ms, MOMENT_MS);
  }

  private *breathe(): Generator<number, undefined> {
    if (++this.atOnce < LINES_AT_ONCE) return;
    this.atOnce = 0;
    yield MOMENT_MS;
  }
}
