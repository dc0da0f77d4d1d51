import { concatMap, defer, endWith, type OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames, requireWhole } from '../arguments.js';
import { oneByOne } from '../operators/one-by-one.js';
import { BannerSplitter } from './skip-banner.js';

const LONGEST_LINE = 16_384;

/** Options of {@link lines}. */
export interface LinesOptions {
  /** Characters of the longest line, in UTF-16 units, from 2 on. Default 16384. */
  readonly maxLength?: number;
}

/**
 * Splits text in pieces of any size into lines, without their ends, which are `\n` or `\r\n`.
 *
 * Emits a line when its end came, and what stands behind the last end when the source completes, unless that is nothing.
 * Drops the banner that the interpreter prints after each soft reboot, as {@link skipBanner} does; a line that a script
 * left unfinished ends there. A line over `maxLength` is emitted in pieces of that many characters, as they come: nothing
 * is lost, and nothing is held that never ends. A surrogate pair stays in one piece. Completes and errors with the source;
 * an error drops the unfinished line. Holds one unfinished line and one banner.
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
export function lines(options: LinesOptions = {}): OperatorFunction<string, string> {
  requireOptions('lines', options, KNOWN);
  const { maxLength = LONGEST_LINE } = options;
  requireWhole('maxLength', maxLength, 2);
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

/** Splits text into lines, and drops the banners between the scripts. */
export class LineSplitter {
  readonly #banners = new BannerSplitter();
  #unfinished = '';

  constructor(private readonly maxLength = LONGEST_LINE) {}

  push(text: string): string[] {
    // A banner ends the line that a script left unfinished.
    return this.#banners.push(text).flatMap((part, i) => [...(i > 0 ? this.#rest() : []), ...this.#split(part)]);
  }

  end(): string[] {
    return [...this.#split(this.#banners.end()), ...this.#rest()];
  }

  #split(text: string): string[] {
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

  #rest(): string[] {
    const rest = this.#unfinished;
    this.#unfinished = '';
    return rest === '' ? [] : [rest];
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

const KNOWN: OptionNames<LinesOptions> = { maxLength: true };
