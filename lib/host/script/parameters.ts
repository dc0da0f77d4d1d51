import { requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { withoutMark } from '../../wire/payloads/layout.js';
import { formatLiteral, parseLiteral, type Literal, type ScriptValue } from './literal.js';
import { statements } from './statements.js';

/** A parameter that a script declares. */
export interface ScriptParameter {
  readonly name: string;
  /** The type of the value that the script sets. */
  readonly type: 'integer' | 'float' | 'string' | 'boolean';
  /** The value that the script sets. */
  readonly default: ScriptValue;
  /** The text after `# param`, or an empty string. */
  readonly description: string;
  /** The line number, from 1. */
  readonly line: number;
}

interface Declaration extends ScriptParameter {
  /** The first character of the literal in the script. */
  readonly start: number;
  readonly end: number;
}

/** Matches `NAME = literal`, which a `# param` comment follows. The name may have an annotation. */
const ASSIGNMENT = /^([A-Za-z_]\w*)(\s*(?::[^=#'"]*)?=\s*)(?!=)(.*)$/;
const MARK = /#\s*param\b\s*:?\s*(.*)$/;

/**
 * Finds the parameters that a script declares: assignments of a literal (an integer, a float, a string or a boolean) at the top level, with a
 * comment that begins with `param`.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT`, with the line, if a line with such a comment is not such an assignment, or if a parameter is
 * declared twice.
 *
 * @example
 * ```ts
 * import { scriptParameters } from 'openmv-rx';
 *
 * scriptParameters('EXPOSURE = 20  # param: milliseconds');
 * // [{ name: 'EXPOSURE', type: 'integer', default: 20, description: 'milliseconds', line: 1 }]
 * ```
 */
export function scriptParameters(script: string): ScriptParameter[] {
  requireArgument(typeof script === 'string', 'scriptParameters needs the text of a script', script);
  return declarations(withoutMark(script)).map(({ start: _start, end: _end, ...parameter }) => parameter);
}

/**
 * Returns the script with other values for its parameters.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` if a name is not declared, or a value is not of the declared type.
 */
export function withParameters(script: string, values: Readonly<Record<string, ScriptValue>>): string {
  // Without values, run the script unchanged, even if its comments are wrong.
  if (Object.keys(values).length === 0) return script;
  const declared = declarations(script);
  for (const name of Object.keys(values)) {
    if (!declared.some((declaration) => declaration.name === name)) throw notDeclared(name, declared);
  }
  let result = '';
  let from = 0;
  for (const { name, type, start, end } of declared) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) continue;
    requireType(name, type, value);
    result += script.slice(from, start) + formatLiteral({ type, value });
    from = end;
  }
  return result + script.slice(from);
}

function declarations(script: string): Declaration[] {
  const found = new Map<string, Declaration>();
  for (const { start, end, line } of statements(script)) {
    const text = script.slice(start, end);
    const mark = findMark(text);
    if (mark === undefined) continue;
    const declaration = parse(text.slice(0, mark.at), mark.description, start, line);
    const earlier = found.get(declaration.name);
    if (earlier !== undefined) {
      const message = `the parameter ${declaration.name} is declared twice, in line ${earlier.line} and in line ${line}`;
      throw new OpenMVError('INVALID_ARGUMENT', message);
    }
    found.set(declaration.name, declaration);
  }
  return [...found.values()];
}

/** Finds the comment of a parameter. A `#` within a string does not begin a comment. */
function findMark(text: string): { at: number; description: string } | undefined {
  const code = /^(?:[^#'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*/.exec(text)?.[0] ?? '';
  const mark = MARK.exec(text.slice(code.length));
  return mark?.index === 0 ? { at: code.length, description: (mark[1] ?? '').trim() } : undefined;
}

function parse(code: string, description: string, start: number, line: number): Declaration {
  const [, name = '', between = '', rest = ''] = ASSIGNMENT.exec(code) ?? [];
  const text = rest.trimEnd();
  const literal: Literal | undefined = parseLiteral(text);
  if (literal === undefined) {
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `line ${line} has a "# param" comment but is not "NAME = value" with a number, a string, True or False: ${code.trim()}`,
    );
  }
  const at = start + name.length + between.length;
  return { name, type: literal.type, default: literal.value, description, line, start: at, end: at + text.length };
}

function requireType(name: string, type: Literal['type'], value: ScriptValue): void {
  const fits = {
    integer: Number.isSafeInteger(value),
    float: Number.isFinite(value),
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
  };
  if (fits[type]) return;
  const article = type === 'integer' ? 'an' : 'a';
  throw new OpenMVError(
    'INVALID_ARGUMENT',
    `the script's parameter ${name} must be ${article} ${type}, not ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`,
  );
}

function notDeclared(name: string, declared: readonly ScriptParameter[]): OpenMVError {
  const names = declared.map((parameter) => parameter.name);
  const has = names.length > 0 ? `its parameters are ${names.join(', ')}` : 'it declares none';
  return new OpenMVError(
    'INVALID_ARGUMENT',
    `the script has no parameter ${name}: ${has}. Declare a parameter as "NAME = value  # param"`,
  );
}
