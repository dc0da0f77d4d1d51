import { defer, endWith, filter, map, type MonoTypeOperatorFunction } from 'rxjs';
import { oneByOne } from '../operators/one-by-one.js';

/**
 * Drops the banner that the interpreter prints after each soft reboot, and passes on what scripts print.
 *
 * Only the whole banner is dropped, with these line ends and none after the prompt. A prompt or a line `MPY: soft reboot`
 * that a script prints stays.
 *
 * ```text
 * MPY: soft reboot
 * OpenMV v5.0.0; MicroPython v1.29.0; OPENMV4P with STM32H743
 * Type "help()" for more information.
 * >>>
 * ```
 *
 * Takes text in pieces of any size, as `camera.stdout$` delivers it. `lines()` and `tracebacks()` drop banners themselves.
 * Emits each piece at once, but holds text that may be the beginning of a banner until further text decides or the source
 * completes. Completes and errors with the source; an error drops the held text. Holds at most one banner, about 300
 * characters.
 *
 * @example
 * ```ts
 * import { skipBanner, type Camera } from 'openmv-rx';
 *
 * const show = (camera: Camera, print: (text: string) => void) => camera.stdout$.pipe(skipBanner()).subscribe(print);
 * ```
 */
export function skipBanner(): MonoTypeOperatorFunction<string> {
  return (source) =>
    defer(() => {
      const banners = new BannerSplitter();
      return source.pipe(
        oneByOne(),
        endWith(undefined),
        map((text) => (text === undefined ? banners.end() : banners.push(text).join(''))),
        filter((text) => text !== ''),
      );
    });
}

/** Splits text at its banners, and drops them. */
export class BannerSplitter {
  #held = '';

  /** True while text is held that may be the beginning of a banner. */
  get holds(): boolean {
    return this.#held !== '';
  }

  /** Takes text. Returns the text before, between and after the banners. */
  push(text: string): string[] {
    const all = this.#held + text;
    const parts: string[] = [];
    let from = 0;
    let at = all.indexOf(FIRST);
    while (at >= 0) {
      const end = bannerEnd(all, at);
      if (end === 'cut') {
        this.#held = all.slice(at);
        return [...parts, all.slice(from, at)];
      }
      if (end !== 'other') {
        parts.push(all.slice(from, at));
        from = end;
      }
      at = all.indexOf(FIRST, end === 'other' ? at + 1 : end);
    }
    this.#held = '';
    return [...parts, all.slice(from)];
  }

  /** Returns the held text, which is not a banner if nothing follows. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

/** Matches a part of the banner at `from`. Returns its end, `cut` if the text ends within it, `other` if it does not match. */
type Part = (text: string, from: number) => number | 'cut' | 'other';

const FIRST = 'M';
/** The longest known version line has 82 characters. */
const LONGEST_VERSION = 256;

/** PROTOCOL 9. Either kind of line end is accepted. */
const BANNER: readonly Part[] = [
  words('MPY: soft reboot'),
  lineEnd,
  version,
  lineEnd,
  words('Type "help()" for more information.'),
  lineEnd,
  words('>>> '),
];

function bannerEnd(text: string, from: number): ReturnType<Part> {
  let at = from;
  for (const part of BANNER) {
    const end = part(text, at);
    if (typeof end !== 'number') return end;
    at = end;
  }
  return at;
}

function words(expected: string): Part {
  return (text, from) => {
    if (text.startsWith(expected, from)) return from + expected.length;
    return expected.startsWith(text.slice(from)) ? 'cut' : 'other';
  };
}

function lineEnd(text: string, from: number): ReturnType<Part> {
  const at = text[from] === '\r' ? from + 1 : from;
  if (at === text.length) return 'cut';
  return text[at] === '\n' ? at + 1 : 'other';
}

function version(text: string, from: number): ReturnType<Part> {
  const line = text.slice(from, from + LONGEST_VERSION + 1);
  const length = line.search(/[\r\n]/);
  if (length < 0) return line.length > LONGEST_VERSION ? 'other' : 'cut';
  return line.slice(0, length).includes('MicroPython') ? from + length : 'other';
}
