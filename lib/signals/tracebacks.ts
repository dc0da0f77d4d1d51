import { concatMap, defer, endWith, type OperatorFunction } from 'rxjs';
import { LineSplitter } from './lines.js';
import { oneByOne } from '../operators/one-by-one.js';
import { TRACEBACK_HEADER, TracebackParser, type Traceback } from './traceback.js';

/**
 * Finds what a script's uncaught exceptions print: file, line, type and message, and the calls that led there.
 *
 * Takes lines, as `lines()` makes them, or text in pieces of any size, as `camera.stdout$` delivers it. Emits a traceback
 * when its last line, the one with the exception, has come, and drops all other text. Finds a traceback behind text without
 * a line end, too. `SystemExit` prints none. Completes and errors with the source; an unfinished traceback is dropped.
 * Holds one traceback, of 64 calls at most, and of text one unfinished line.
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
      const finder = new TracebackFinder();
      return source.pipe(
        oneByOne(),
        endWith(undefined),
        concatMap((text) => (text === undefined ? finder.end() : finder.push(text))),
      );
    });
}

/** Takes its input for lines until there is a line end in it. Then it is text, cut anywhere. */
class TracebackFinder {
  #parser = new TracebackParser();
  #splitter: LineSplitter | undefined;
  /** The end of the input so far. If it is text, that is the beginning of the first line. */
  #before = '';

  push(text: string): Traceback[] {
    if (this.#splitter === undefined) {
      if (!text.includes('\n')) {
        this.#before = (this.#before + text).slice(-MOST_BEFORE);
        return this.#find([text]);
      }
      this.#splitter = new LineSplitter();
      this.#parser = new TracebackParser();
      return this.#find(this.#splitter.push(this.#before + text));
    }
    return this.#find(this.#splitter.push(text));
  }

  end(): Traceback[] {
    return this.#find(this.#splitter?.end() ?? []);
  }

  #find(lines: readonly string[]): Traceback[] {
    return lines.map((line) => this.#parser.push(line)).filter((traceback) => traceback !== undefined);
  }
}

/** A header, and half of the line end behind it. */
const MOST_BEFORE = TRACEBACK_HEADER.length + 1;
