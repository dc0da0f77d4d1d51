import type { Value } from './value.js';

/** What has a value, or would have if everything in it were known. */
export type Expression =
  | { readonly kind: 'value'; readonly value: Value }
  /** With its dots: `time.sleep`. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'pattern'; readonly parts: readonly (string | Field)[] }
  | { readonly kind: 'sign'; readonly operator: '+' | '-' | 'not'; readonly operand: Expression }
  | { readonly kind: 'operation'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | Call
  | Subscript
  /** Nothing has one for its value. */
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  /** What is well formed, and nothing that is known. */
  | { readonly kind: 'unknown' };

/** What stands between the braces of an f-string. */
export interface Field {
  readonly expression: Expression;
  /** What stands behind the colon. */
  readonly format: string;
}

/** `name[index]`. */
export interface Subscript {
  readonly kind: 'subscript';
  readonly name: string;
  readonly index: Expression;
}

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly positional: readonly Expression[];
  readonly named: ReadonlyMap<string, Expression>;
}
