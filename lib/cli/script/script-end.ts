import { connect, filter, last, map, merge, type OperatorFunction, startWith } from 'rxjs';
import { lines, type Traceback, tracebacks } from '../../index.js';

/** What a camera prints behind every script, which is none of it. */
const REBOOT_NOTE = /MPY: soft reboot\r?\n$/;

/** Without the note of the soft reboot at the end. */
export function withoutRebootNote(text: string): string {
  return text.replace(REBOOT_NOTE, '');
}

/** The traceback that is the last of a script's text, or `undefined`: a script that goes on behind one has handled it. */
export function lastTraceback(): OperatorFunction<string, Traceback | undefined> {
  return (text$) =>
    text$.pipe(
      lines(),
      filter((line) => line.trim() !== ''),
      connect((line$) => merge(line$.pipe(map(() => undefined)), line$.pipe(tracebacks()))),
      startWith(undefined),
      last(),
    );
}

/** What went wrong, in a few words. */
export function tracebackText({ type, message, file, line }: Traceback): string {
  return `${[type, message].filter((word) => word !== '').join(': ')} (${file}, line ${line})`;
}
