/** The ioctl requests of `stdin` (PROTOCOL 9). None takes an argument. */
export const StdinRequest = { STOP: 1, EXEC: 2, RESET: 3 } as const;

/** The events of `stdin`: a script has ended or started (PROTOCOL 9). */
export const StdinEvent = { ENDED: 0, STARTED: 1 } as const;

/** The ioctl requests of `stream` (PROTOCOL 8). */
export const StreamRequest = {
  /** One word: 0 stops the stream, all else starts it. */
  CTRL: 0,
  /** One word: whether frames are uncompressed. */
  RAW_CTRL: 1,
  /** Two words: width and height of uncompressed frames. */
  RAW_CFG: 2,
  /** One word: the chip id of the sensor. */
  SOURCE: 3,
} as const;

/** Bytes of the argument of each request of `stream`. */
export const STREAM_ARGUMENT_BYTES: ReadonlyMap<number, number> = new Map([
  [StreamRequest.CTRL, 4],
  [StreamRequest.RAW_CTRL, 4],
  [StreamRequest.RAW_CFG, 8],
  [StreamRequest.SOURCE, 4],
]);

/** What a camera prints to `stdout` when a frame does not fit its stream buffer (PROTOCOL 9). */
export const FRAME_TOO_LARGE = '\u001b[40O\n';
/** The same as a host sees it: a line end may be translated on the way. */
export const FRAME_TOO_LARGE_PATTERN = /\u001b\[40O\r?\n/g;
