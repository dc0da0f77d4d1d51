import { ScriptException } from './exception.js';
import { isOperator, type Line } from './scan.js';
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
interface Subscript {
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

/** A line and those that stand indented beneath it. */
export interface Node {
  readonly line: Line;
  readonly children: Node[];
}

const DEEPEST = 40;

/** @throws {ScriptException} `IndentationError` where a line stands in no block, `SyntaxError` for more than 40 blocks in another. */
export function treeOf(lines: readonly Line[]): Node[] {
  const roots: Node[] = [];
  /** The blocks that a line may stand in, innermost last. */
  const open = [{ indent: 0, nodes: roots }];
  let last: Node | undefined;
  for (const line of lines) {
    let block = open.at(-1) as { indent: number; nodes: Node[] };
    if (line.indent > block.indent) {
      if (!last || !isHeader(last.line)) throw wrong(line, 'unexpected indent');
      block = { indent: line.indent, nodes: last.children };
      if (open.push(block) > DEEPEST) throw new ScriptException('SyntaxError', 'invalid syntax').at(line.number);
    }
    while (line.indent < block.indent) {
      open.pop();
      block = open.at(-1) as { indent: number; nodes: Node[] };
      if (line.indent > block.indent) throw wrong(line, "unindent doesn't match any outer indent level");
    }
    last = { line, children: [] };
    block.nodes.push(last);
  }
  return roots;
}

/** Whether a block belongs beneath a line. */
function isHeader({ tokens }: Line): boolean {
  return isOperator(tokens.at(-1), ':');
}

function wrong({ number }: Line, message: string): ScriptException {
  return new ScriptException('IndentationError', message).at(number);
}
