import { concatMap, defer, endWith, type OperatorFunction } from 'rxjs';
import { LineSplitter } from './lines.js';
import { oneByOne } from '../operators/one-by-one.js';

/** An exception that a script did not catch. */
export interface Traceback {
  /** The class of the exception, such as `ValueError`; empty if the line has another form. */
  readonly type: string;
  /** The first line of its message; empty if it has none. */
  readonly message: string;
  /** The place where it was raised: the last of `frames`. */
  readonly file: string;
  readonly line: number;
  /** The last 64 calls that led there, the outermost first. */
  readonly frames: readonly {
    /** The file as the camera names it; `<stdin>` is the script that was sent. */
    readonly file: string;
    /** The line, counted from 1. */
    readonly line: number;
    /** `<module>` outside of functions; `undefined` if the camera does not print it. */
    readonly function: string | undefined;
  }[];
}

type TracebackFrame = Traceback['frames'][number];

/**
 * Finds the tracebacks of a script's uncaught exceptions: file, line, type and message, and the calls that led there.
 *
 * Takes lines, as `lines()` emits them, or text in pieces of any size, as `camera.stdout$` delivers it. Emits a traceback
 * when its last line, the one with the exception, arrives, and drops all other text. Finds a traceback also behind text
 * without a line end. `SystemExit` prints none. Completes and errors with the source; an unfinished traceback is dropped.
 * Holds one traceback of at most 64 calls, and one unfinished line of text.
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

/** Treats its input as lines until one contains a line end. From then on it is text in pieces. */
class TracebackFinder {
  #parser = new TracebackParser();
  #splitter: LineSplitter | undefined;
  /** The end of the input so far. If the input is text, this is the beginning of its first line. */
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

const TRACEBACK_HEADER = 'Traceback (most recent call last):';
const FRAME = /^\s*File "(.*)", line (\d{1,9})(?:, in (.*))?$/;
const EXCEPTION = /^([A-Za-z_][\w.]*)(?::\s*(.*))?$/;

/** A recursion that is too deep prints hundreds of equal calls. */
const MAX_FRAMES = 64;

/** Finds tracebacks among lines. */
export class TracebackParser {
  #frames: TracebackFrame[] | undefined;
  readonly #takesCut: boolean;

  /** @param takesCut accepts a traceback without its header: the camera may have dropped the beginning of the text */
  constructor(takesCut = false) {
    this.#takesCut = takesCut;
  }

  /** Takes a line. Returns a traceback if the line ends one. */
  push(text: string): Traceback | undefined {
    // A script may print text without a line end before the header.
    if (text.trimEnd().endsWith(TRACEBACK_HEADER)) {
      this.#frames = [];
      return undefined;
    }
    const frame = FRAME.exec(text);
    if (frame !== null && this.#takesCut) this.#frames ??= [];
    if (this.#frames === undefined) return undefined;
    if (frame !== null) {
      this.#frames.push({ file: frame[1] as string, line: Number(frame[2]), function: frame[3] });
      if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
      return undefined;
    }
    // Some builds print the source line below a call.
    if (/^\s/.test(text)) return undefined;
    const frames = this.#frames;
    this.#frames = undefined;
    return ended(frames, text);
  }
}

function ended(frames: readonly TracebackFrame[], text: string): Traceback | undefined {
  const last = frames.at(-1);
  if (last === undefined) return undefined;
  const [, type = '', message = ''] = EXCEPTION.exec(text) ?? ['', '', text];
  return { type, message: message.trimEnd(), file: last.file, line: last.line, frames };
}

/** A header, and half of the line end after it. */
const MOST_BEFORE = TRACEBACK_HEADER.length + 1;
