import type { Call, Expression } from './expression.js';

/** What a line asks for, with the number of the line. */
export type Statement = { readonly line: number } & (
  | { readonly kind: 'pass' | 'break' | 'continue' }
  | { readonly kind: 'call'; readonly call: Call }
  /** Of an operation, `i += 1`, the value is the whole of it: `i + 1`. */
  | { readonly kind: 'assignment'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'raise'; readonly type: string; readonly message: Expression | undefined }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'for'; readonly name: string; readonly range: readonly Expression[]; readonly body: Block }
  /** The first whose condition holds; `else` is one that always does. */
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  /** A class is known by the methods that it has. */
  | { readonly kind: 'class'; readonly name: string; readonly methods: ReadonlySet<string> }
  /** What is passed over, with all that stands beneath it. */
  | { readonly kind: 'unknown' }
);

export type Block = readonly Statement[];

export interface Branch {
  readonly condition: Expression;
  readonly body: Block;
}
