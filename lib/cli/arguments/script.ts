import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError } from 'commander';
import { messageOf, OpenMVError } from '../../errors.js';
import { type ScriptParameter, scriptParameters, type ScriptValue } from '../../index.js';
import { parseLiteral } from '../../host/script/literal.js';

/** A parameter of the command line. */
export interface ParameterWord {
  readonly name: string;
  readonly value: string;
}

/** Reads a SCRIPT argument: a file, or for `-` standard input to its end. */
export async function scriptOf(argument: string, stdin: NodeJS.ReadableStream = process.stdin): Promise<string> {
  if (argument === '-') return text(stdin);
  const bytes = await readFile(argument).catch((cause: unknown) => {
    const message = `can't read the script (${messageOf(cause)}): name a file, or - for standard input`;
    throw new OpenMVError('FILE_UNAVAILABLE', message, { cause });
  });
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new OpenMVError('FILE_UNAVAILABLE', `${argument} is UTF-16, which cameras can't read: save it as UTF-8`);
  }
  return bytes.toString('utf8');
}

/** Parses `NAME=VALUE`. */
export function parameterWord(word: string): ParameterWord {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Use NAME=VALUE, as in EXPOSURE=20.');
  return { name, value };
}

/**
 * Converts values to the types that the script declares. A string needs no quotes. A value that does not fit
 * stays a string, which `Camera.run` refuses with a reason.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` for a script with invalid declarations.
 */
export function parameterValues(script: string, words: readonly ParameterWord[]): Record<string, ScriptValue> {
  const declared = words.length === 0 ? [] : scriptParameters(script);
  return Object.fromEntries(
    words.map(({ name, value }) => [name, valueOf(value, declared.find((parameter) => parameter.name === name)?.type)]),
  );
}

function valueOf(word: string, type: ScriptParameter['type'] | undefined): ScriptValue {
  if (type === 'string') return word;
  if (type === 'boolean' && /^(true|false)$/i.test(word)) return word.toLowerCase() === 'true';
  return parseLiteral(word)?.value ?? word;
}
