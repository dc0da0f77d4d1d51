// Browsers and Node both have it; the core is compiled without the types of either.
declare const TextDecoder: new () => { decode(bytes: Uint8Array, options: { stream: boolean }): string };

/** What the camera prints when a frame was too large for its stream buffer; no text of the script's (PROTOCOL 9). Line ends may be translated. */
const OVERFLOW_MARKER = /\u001b\[40O\r?\n/g;
const LONGEST_MARKER = '\u001b[40O\r\n';

/** Text from reads that may cut a character, or the camera's overflow marker, in two. Holds the cut piece. */
export class ConsoleText {
  readonly #decoder = new TextDecoder();
  #held = '';

  push(bytes: Uint8Array): string {
    const text = (this.#held + this.#decoder.decode(bytes, { stream: true })).replace(OVERFLOW_MARKER, '');
    const cut = cutMarker(text);
    this.#held = text.slice(text.length - cut);
    return text.slice(0, text.length - cut);
  }
}

/** How many characters at the end may be the beginning of a marker. */
function cutMarker(text: string): number {
  for (let length = LONGEST_MARKER.length - 1; length > 0; length--) {
    if (text.endsWith(LONGEST_MARKER.slice(0, length))) return length;
  }
  return 0;
}
