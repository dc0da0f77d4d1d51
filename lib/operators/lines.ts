import { concatMap, defer, endWith, type OperatorFunction } from 'rxjs';
import { OpenMVError } from '../errors.js';
import { oneByOne } from './one-by-one.js';

/** Options of {@link lines}. */
export interface LinesOptions {
  /** Characters of the longest line, in UTF-16 units, from 2 on. Default 16384. */
  readonly maxLength?: number;
}

/**
 * Text in pieces of any size to lines, without their ends, which are `\n` or `\r\n`.
 *
 * Emits a line when its end came, and what stands behind the last end when the source completes, unless that is nothing.
 * A line over `maxLength` is emitted in pieces of that many characters, as they come: nothing is lost, and nothing is held
 * that never ends. A surrogate pair stays in one piece. Completes and errors with the source; an error drops the
 * unfinished line. Holds one unfinished line.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `maxLength` is not a whole number from 2 on.
 *
 * @example
 * ```ts
 * import { lines, type Camera } from 'openmv-rx';
 *
 * const log = (camera: Camera) => camera.stdout$.pipe(lines()).subscribe((line) => console.log(line));
 * ```
 */
export function lines({ maxLength = 16_384 }: LinesOptions = {}): OperatorFunction<string, string> {
  if (!(Number.isInteger(maxLength) && maxLength >= 2)) {
    throw new OpenMVError('INVALID_ARGUMENT', `maxLength is a whole number of characters from 2 on, not ${maxLength}`);
  }
  return (source) =>
    defer(() => {
      const splitter = new LineSplitter(maxLength);
      return source.pipe(
        oneByOne(),
        endWith(undefined),
        concatMap((text) => (text === undefined ? splitter.end() : splitter.push(text))),
      );
    });
}

class LineSplitter {
  #unfinished = '';

  constructor(private readonly maxLength: number) {}

  push(text: string): string[] {
    const found: string[] = [];
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      const line = this.#unfinished + text.slice(from, at);
      this.#unfinished = this.#cut(line.endsWith('\r') ? line.slice(0, -1) : line, found);
      found.push(this.#unfinished);
      this.#unfinished = '';
      from = at + 1;
    }
    const rest = this.#unfinished + text.slice(from);
    // A return at the end may be half of a line end.
    const half = rest.endsWith('\r') ? '\r' : '';
    this.#unfinished = this.#cut(rest.slice(0, rest.length - half.length), found) + half;
    return found;
  }

  end(): string[] {
    return this.#unfinished === '' ? [] : [this.#unfinished];
  }

  /** Moves what is too long to `found`, in pieces; answers with the rest. */
  #cut(line: string, found: string[]): string {
    let from = 0;
    while (line.length - from > this.maxLength) {
      const end = from + this.maxLength;
      const to = isHighSurrogate(line.charCodeAt(end - 1)) ? end - 1 : end;
      found.push(line.slice(from, to));
      from = to;
    }
    return line.slice(from);
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
