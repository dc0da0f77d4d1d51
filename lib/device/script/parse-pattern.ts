import { NotUnderstood } from './exception.js';
import type { Expression, Field } from './expression.js';
import { scan } from './scan.js';
import type { Token } from './token.js';

/** An f-string in parts: its text, with `{{` and `}}` for braces, and its fields `{expression:format}`. */
export function parsePattern(pattern: string, parse: (tokens: readonly Token[]) => Expression): (string | Field)[] {
  const parts: (string | Field)[] = [];
  let text = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if ((character === '{' || character === '}') && pattern[at + 1] === character) text += pattern.charAt(at++);
    else if (character === '}') throw new NotUnderstood();
    else if (character !== '{') text += character;
    else {
      const end = pattern.indexOf('}', at);
      if (end < 0) throw new NotUnderstood();
      parts.push(text, parseField(pattern.slice(at + 1, end), parse));
      text = '';
      at = end;
    }
  }
  return [...parts, text];
}

function parseField(field: string, parse: (tokens: readonly Token[]) => Expression): Field {
  const colon = field.indexOf(':');
  const [expression, format] = colon < 0 ? [field, ''] : [field.slice(0, colon), field.slice(colon + 1)];
  return { expression: parse(wordsOf(expression)), format };
}

function wordsOf(expression: string): readonly Token[] {
  try {
    return scan(expression)[0]?.tokens ?? [];
  } catch {
    throw new NotUnderstood();
  }
}
