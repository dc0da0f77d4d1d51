/** An exception that a script did not catch. */
export interface Traceback {
  /** The class of the exception, such as `ValueError`; empty where it prints itself in another form. */
  readonly type: string;
  /** What it says, which may be nothing; its first line where there are several. */
  readonly message: string;
  /** Where it was raised: the last of `frames`. */
  readonly file: string;
  readonly line: number;
  /** The calls that led there, the outermost first; the last 64 of them. */
  readonly frames: readonly {
    /** As the camera names it; `<stdin>` is the script that was sent. */
    readonly file: string;
    /** From 1 on. */
    readonly line: number;
    /** `<module>` outside of functions; `undefined` where the camera doesn't tell. */
    readonly function: string | undefined;
  }[];
}

type TracebackFrame = Traceback['frames'][number];

export const TRACEBACK_HEADER = 'Traceback (most recent call last):';
const FRAME = /^\s*File "(.*)", line (\d{1,9})(?:, in (.*))?$/;
const EXCEPTION = /^([A-Za-z_][\w.]*)(?::\s*(.*))?$/;

/** A recursion that is too deep prints hundreds of the same. */
const MAX_FRAMES = 64;

/** Finds tracebacks among lines. */
export class TracebackParser {
  #frames: TracebackFrame[] | undefined;

  /** @param takesCut lets a call without a header begin a traceback, for text whose beginning the camera has dropped */
  constructor(private readonly takesCut = false) {}

  /** Takes a line in; answers with the traceback that it ends. */
  push(text: string): Traceback | undefined {
    // The header may stand behind text that a script has not ended with a line end.
    if (text.trimEnd().endsWith(TRACEBACK_HEADER)) {
      this.#frames = [];
      return undefined;
    }
    const frame = FRAME.exec(text);
    if (frame !== null && this.takesCut) this.#frames ??= [];
    if (this.#frames === undefined) return undefined;
    if (frame !== null) {
      this.#frames.push({ file: frame[1] as string, line: Number(frame[2]), function: frame[3] });
      if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
      return undefined;
    }
    // A line of source, as some builds show it below its place.
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
