import { OpenMVError } from '../../errors.js';
import type { Backend } from '../backend.js';

/**
 * A back-end's bytes as a plain `Uint8Array`, because `slice` of a `Buffer` makes no copy.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` if the answer is not bytes.
 */
export function bytesOf(method: 'read' | 'readp', answer: unknown): Uint8Array {
  if (!ArrayBuffer.isView(answer))
    throw new OpenMVError('INVALID_ARGUMENT', `${method} must return a Uint8Array, not ${nameOf(answer)}`);
  return new Uint8Array(answer.buffer, answer.byteOffset, answer.byteLength);
}

/** A `size`, or a number of a `shape`, that does not fit 32 bits. The error ends the script of the back-end (PROTOCOL 7). */
export class WrongAnswer extends OpenMVError {
  /** The exception that MicroPython raises. */
  readonly exception: string;

  constructor(
    readonly backend: Backend,
    method: 'size' | 'shape',
    answer: unknown,
  ) {
    super('INVALID_ARGUMENT', `${method} must give whole numbers of −2³¹ to 2³² − 1, not ${nameOf(answer)}`);
    this.exception = Number.isInteger(answer)
      ? 'OverflowError: overflow converting long int to machine word'
      : `TypeError: can't convert ${pythonName(answer)} to int`;
  }
}

/**
 * The number that is sent as a word. As in MicroPython, −1 is 0xFFFFFFFF and `true` is 1.
 *
 * @throws {WrongAnswer} if the answer is not a number of 32 bits.
 */
export function wordOf(backend: Backend, method: 'size' | 'shape', answer: unknown): number {
  const number = typeof answer === 'boolean' ? Number(answer) : answer;
  if (!isInteger(number) || number < -0x80000000 || number > 0xffffffff) throw new WrongAnswer(backend, method, answer);
  return number;
}

/** The firmware accepts a Python `int` as a number, but no `bool` and no `float`. */
export function isInteger(answer: unknown): answer is number {
  return Number.isInteger(answer);
}

function pythonName(answer: unknown): string {
  if (answer === undefined || answer === null) return 'NoneType';
  return { string: 'str', number: 'float' }[typeof answer as string] ?? 'object';
}

function nameOf(answer: unknown): string {
  if (typeof answer === 'number') return String(answer);
  return typeof answer === 'object' ? Object.prototype.toString.call(answer).slice(8, -1) : typeof answer;
}
