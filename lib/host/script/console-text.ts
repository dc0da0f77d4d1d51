import { FRAME_TOO_LARGE, FRAME_TOO_LARGE_PATTERN } from '../../wire/payloads/index.js';

// Browsers and Node both have it; the core is compiled without the types of either.
declare const TextDecoder: new (
  encoding: string,
  options: { ignoreBOM: boolean },
) => { decode(bytes: Uint8Array, options: { stream: boolean }): string };

const LONGEST_MARKER = FRAME_TOO_LARGE.replace('\n', '\r\n');

/** What one read has brought. */
export interface ConsolePiece {
  readonly text: string;
  /** How often the camera said in it that a frame was too large. */
  readonly framesTooLarge: number;
}

/** Text from reads that may cut a character, or the camera's overflow marker, in two. Holds the cut piece. */
export class ConsoleText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #held = '';

  push(bytes: Uint8Array): ConsolePiece {
    const parts = (this.#held + this.#decoder.decode(bytes, { stream: true })).split(FRAME_TOO_LARGE_PATTERN);
    const text = parts.join('');
    const cut = cutMarker(text);
    this.#held = text.slice(text.length - cut);
    return { text: text.slice(0, text.length - cut), framesTooLarge: parts.length - 1 };
  }
}

/** How many characters at the end may be the beginning of a marker. */
function cutMarker(text: string): number {
  for (let length = LONGEST_MARKER.length - 1; length > 0; length--) {
    if (text.endsWith(LONGEST_MARKER.slice(0, length))) return length;
  }
  return 0;
}
