import type { ScriptIo } from '../script-io.js';
import { perform, sleepMs, type Scope } from './calls.js';
import { evaluate } from './evaluate.js';
import { NotUnderstood, ScriptException } from './exception.js';
import type { Expression } from './expression.js';
import { numberOf } from './operators.js';
import type { Block, Statement } from './statement.js';
import { textOf, type Value } from './value.js';

/** How long a round of `while` takes in which nothing sleeps: no script keeps its program from anything else. */
const ROUND_MS = 100;
/** One that computes for long takes a moment now and then for the same reason, and a sleep is never shorter. */
const LINES_AT_ONCE = 10_000;
const MOMENT_MS = 1;

/** What a script is doing. Its steps are the milliseconds that it sleeps. */
export class Execution {
  private readonly scope: Scope = { variables: new Map(), classes: new Map(), channels: new Map() };
  /** How many lines had an effect, and how often it slept. */
  private done = 0;
  private slept = 0;
  private atOnce = 0;

  constructor(private readonly io: Pick<ScriptIo, 'print' | 'register'>) {}

  /** Ends early with the word that leaves a loop or its round. */
  *run(block: Block): Generator<number, 'break' | 'continue' | undefined> {
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

  private *step(statement: Statement): Generator<number, 'break' | 'continue' | undefined> {
    const { scope } = this;
    switch (statement.kind) {
      case 'break':
      case 'continue':
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
  private *while({ condition, body }: Extract<Statement, { kind: 'while' }>): Generator<number, undefined> {
    for (let idle = 0; evaluate(condition, this.scope.variables);) {
      const { done, slept } = this;
      if ((yield* this.run(body)) === 'break') return;
      if (this.slept === slept) yield* this.sleep(ROUND_MS);
      if (this.done === done) this.io.print(`${idle++}\n`);
    }
  }

  private *for({ name, range, body }: Extract<Statement, { kind: 'for' }>): Generator<number, undefined> {
    const { from, to, by } = this.rangeOf(range.map((bound) => evaluate(bound, this.scope.variables)).map(numberOf));
    for (let value = from; by > 0n ? value < to : value > to; value += by) {
      this.scope.variables.set(name, value);
      yield* this.breathe();
      if ((yield* this.run(body)) === 'break') return;
    }
    this.done++;
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
