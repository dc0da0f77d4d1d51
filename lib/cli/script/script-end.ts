import { connect, filter, last, map, merge, type OperatorFunction, startWith } from 'rxjs';
import { lines, type Traceback } from '../../index.js';
import { TracebackParser } from '../../signals/traceback.js';

/**
 * Emits the traceback with which a script ended, or `undefined`, when its text is complete.
 *
 * A script with `print_exception` may go on after a traceback, so only a traceback at the very end counts. In other scripts
 * the lines after a traceback belong to its message. The traceback of a deep recursion is longer than the camera's buffer for
 * text, so its beginning is lost.
 */
export function lastTraceback(script: string): OperatorFunction<string, Traceback | undefined> {
  const goesOn = /\bprint_exception\b/.test(script);
  return (text$) =>
    text$.pipe(
      lines(),
      filter((line) => line.trim() !== ''),
      connect((line$) => {
        const parser = new TracebackParser(true);
        const traceback$ = line$.pipe(
          map((line) => parser.push(line)),
          filter((traceback) => traceback !== undefined),
        );
        return goesOn ? merge(line$.pipe(map(() => undefined)), traceback$) : traceback$;
      }),
      startWith(undefined),
      last(),
    );
}

/** Shows a traceback in one line. */
export function tracebackText({ type, message, file, line }: Traceback): string {
  return `${[type, message].filter((word) => word !== '').join(': ')} (${file}, line ${line})`;
}
