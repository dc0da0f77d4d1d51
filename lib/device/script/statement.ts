import type { Call, Expression, Subscript } from './expression.js';

/** What a line asks for, with the number of the line. */
export type Statement = { readonly line: number } & (
  | { readonly kind: 'pass' | Jump }
  | { readonly kind: 'call'; readonly call: Call }
  /** Of an operation, `i += 1`, the value is the whole of it: `i + 1`. */
  | { readonly kind: 'assignment'; readonly name: string; readonly value: Expression }
  /** `panel["gain"] = 5`, and of an operation the whole of it again. */
  | { readonly kind: 'setting'; readonly target: Subscript; readonly value: Expression }
  /** Names that a function does not keep for itself. */
  | { readonly kind: 'global'; readonly names: readonly string[] }
  | { readonly kind: 'raise'; readonly type: string; readonly message: Expression | undefined }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'for'; readonly name: string; readonly range: readonly Expression[]; readonly body: Block }
  /** The first whose condition holds; `else` is one that always does. */
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  | ({ readonly kind: 'def'; readonly name: string } & ScriptFunction)
  /** A class is known by the methods that it has. */
  | { readonly kind: 'class'; readonly name: string; readonly methods: ReadonlySet<string> }
  /** What is passed over, with all that stands beneath it. */
  | { readonly kind: 'unknown' }
);

export type Block = readonly Statement[];

/** What leaves a loop, its round, or a function. */
export type Jump = 'break' | 'continue' | 'return';

export interface ScriptFunction {
  readonly parameters: readonly string[];
  readonly body: Block;
}

export interface Branch {
  readonly condition: Expression;
  readonly body: Block;
}
