import { concat, EMPTY, from, interval, map, NEVER, switchMap, tap, type Observable, type SchedulerLike } from 'rxjs';
import type { Backend } from './backend.js';
import type { DeviceChannel } from './device.js';

/** What a script of a {@link VirtualCamera} may do. */
export interface ScriptIo {
  /** Writes text to `stdout`, as it is. */
  readonly print: (text: string) => void;
  /** Registers a channel, which goes with the script's end. */
  readonly register: (name: string, backend: Backend) => DeviceChannel;
  /** Whether a host is there. A script that sleeps while none is keeps no program from ending. */
  readonly attached$: Observable<boolean>;
  /** Where the camera's time comes from. */
  readonly scheduler: SchedulerLike;
}

/** How often an endless script counts on. */
const COUNT_MS = 100;

/**
 * What a virtual camera makes of a script, unless it is told otherwise: the output of its simple `print('…')` lines,
 * and, if it holds a `while True`, numbers from 0 on, ten a second while a host is there, until it is stopped.
 */
export function runPrints(source: string, { print, attached$, scheduler }: ScriptIo): Observable<unknown> {
  const endless = /^\s*while\s+True\s*:/m.test(source);
  const ticks = attached$.pipe(switchMap((attached) => (attached ? interval(COUNT_MS, scheduler) : NEVER)));
  const counted = endless ? ticks.pipe(map((_, count) => String(count))) : EMPTY;
  return concat(from(printedBy(source)), counted).pipe(tap((line) => print(`${line}\n`)));
}

function printedBy(source: string): string[] {
  return [...source.matchAll(/^[ \t]*print\((['"])((?:\\.|(?!\1).)*)\1\)[ \t]*\r?$/gm)].map(([, , text = '']) =>
    text.replace(/\\(.)/g, (_, escaped: string) => ({ n: '\n', t: '\t' })[escaped] ?? escaped),
  );
}
