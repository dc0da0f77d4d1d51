import { scan, type OperatorFunction } from 'rxjs';
import type { Painted } from './painted-on';

/** The state of the picture. */
export interface Shown {
  /** The newest frame that was drawn, and how large its picture was. */
  readonly drawn?: { readonly frame: Painted['frame']; readonly width: number; readonly height: number };
  /** The number of frames that could not be drawn, and the reason for the last one. */
  readonly failures: number;
  readonly lastFailure?: string;
}

export const NOTHING_SHOWN: Shown = { failures: 0 };

/** Collects the results of drawing. The number of failed frames stays after later frames succeed. */
export function shown(): OperatorFunction<Painted | Error, Shown> {
  return scan((before: Shown, now): Shown => {
    if (now instanceof Error) return failed(before, now.message);
    const { frame, answer } = now;
    if ('failure' in answer) return failed(before, `frame ${frame.index}, ${frame.format}: ${answer.failure}`);
    return { ...before, drawn: { frame, ...answer } };
  }, NOTHING_SHOWN);
}

function failed(before: Shown, lastFailure: string): Shown {
  return { ...before, failures: before.failures + 1, lastFailure };
}
