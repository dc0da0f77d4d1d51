import { concatMap, defer, type OperatorFunction } from 'rxjs';
import { oneByOne } from './one-by-one.js';
import { TracebackParser, type Traceback } from './traceback.js';

/**
 * Finds what a script's uncaught exceptions print: file, line, type and message, and the calls that led there.
 *
 * Takes lines, as `lines()` makes them; text of several lines will do, if it is cut at line ends. Emits a traceback when
 * its last line came, the one with the exception; everything else is passed over. An exception that prints no traceback is
 * not one. Completes and errors with the source; an unfinished traceback is dropped. Holds one traceback, of 64 calls at
 * most.
 *
 * @example
 * ```ts
 * import { lines, tracebacks, type Camera } from 'openmv-rx';
 *
 * const watch = (camera: Camera) =>
 *   camera.stdout$
 *     .pipe(lines(), tracebacks())
 *     .subscribe(({ file, line, type, message }) => console.error(`${file}:${line}: ${type}: ${message}`));
 * ```
 */
export function tracebacks(): OperatorFunction<string, Traceback> {
  return (source) =>
    defer(() => {
      const parser = new TracebackParser();
      return source.pipe(
        oneByOne(),
        concatMap((text) =>
          text
            .split(/\r?\n/)
            .map((line) => parser.push(line))
            .filter((traceback) => traceback !== undefined),
        ),
      );
    });
}
