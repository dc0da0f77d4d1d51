import type { SchedulerLike } from 'rxjs';
import { OpenMVError } from '../../errors.js';

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the option, unless it is `valid`. */
export function check(option: string, expected: string, valid: boolean): void {
  if (!valid) throw new OpenMVError('INVALID_ARGUMENT', `${option} must be ${expected}`);
}

/** A number that is above 0, `Infinity` too; `byDefault` where none is given. */
export function positive(option: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (typeof value === 'number' && value > 0) return value;
  throw new OpenMVError('INVALID_ARGUMENT', `${option} must be a number above 0, not ${shown(value)}`);
}

export function checkFlag(option: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new OpenMVError('INVALID_ARGUMENT', `${option} must be true or false, not ${shown(value)}`);
}

export function checkPath(what: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  throw new OpenMVError('INVALID_ARGUMENT', `${what} must be a path, not ${shown(value)}`);
}

export function checkScheduler(value: Partial<SchedulerLike> | undefined): void {
  const isOne = typeof value === 'object' && typeof value.now === 'function' && typeof value.schedule === 'function';
  check('scheduler', 'a scheduler of RxJS', value === undefined || isOne);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
