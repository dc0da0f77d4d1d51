/** A word of a script. */
export type Token =
  | { readonly kind: 'name' | 'operator'; readonly text: string }
  | { readonly kind: 'number'; readonly value: bigint | number }
  /** `pattern` is that of an f-string, before its braces are looked at. */
  | { readonly kind: 'string' | 'pattern'; readonly text: string }
  /** What is well formed, and nothing that the interpreter knows. */
  | { readonly kind: 'unknown' };

/** A line of a script: physical ones that a bracket, a long string or a backslash joins are one. */
export interface Line {
  /** Of its first physical line, from 1 on. */
  readonly number: number;
  /** Columns in front of it. */
  readonly indent: number;
  readonly tokens: readonly Token[];
}

export function isOperator(token: Token | undefined, text: string): boolean {
  return token?.kind === 'operator' && token.text === text;
}

export function isName(token: Token | undefined, text: string): boolean {
  return token?.kind === 'name' && token.text === text;
}
