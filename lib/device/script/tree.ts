import { ScriptException } from './exception.js';
import { isOperator, type Line } from './token.js';

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
