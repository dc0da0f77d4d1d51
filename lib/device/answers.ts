import { OpenMVError } from '../errors.js';

/**
 * A back-end's bytes as a plain array: in JavaScript it may have given anything, and a `Buffer`, whose `slice` is no copy.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` for what holds no bytes.
 */
export function bytesOf(method: 'read' | 'readp', answer: unknown): Uint8Array {
  if (!ArrayBuffer.isView(answer))
    throw new OpenMVError('INVALID_ARGUMENT', `${method} must give a Uint8Array, not ${nameOf(answer)}`);
  return new Uint8Array(answer.buffer, answer.byteOffset, answer.byteLength);
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` for what is no u32. */
export function wordOf(method: 'size' | 'shape', answer: unknown): number {
  if (typeof answer !== 'number' || !Number.isInteger(answer) || answer < 0 || answer > 0xffffffff)
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `${method} must give whole numbers of 0 to 2³² − 1, not ${nameOf(answer)}`,
    );
  return answer;
}

function nameOf(answer: unknown): string {
  if (typeof answer === 'number') return String(answer);
  return typeof answer === 'object' ? Object.prototype.toString.call(answer).slice(8, -1) : typeof answer;
}
