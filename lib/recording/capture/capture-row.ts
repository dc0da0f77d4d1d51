import { OpenMVError } from '../../errors.js';

/** One read or write on the wire: a line of a capture. */
export interface CaptureRow {
  /** Microseconds since the first row. */
  readonly t: number;
  readonly from: 'host' | 'device';
  /** The bytes as hexadecimal digits. */
  readonly hex: string;
  /** True if the bytes did not reach the other side. */
  readonly lost?: boolean;
}

/** @throws {OpenMVError} `MALFORMED` for a line that is not a row. */
export function parseRow(line: string, number: number, path: string): CaptureRow {
  const row = parsed(line);
  const { t, from, hex } = (row ?? {}) as Partial<CaptureRow>;
  const valid = typeof t === 'number' && (from === 'host' || from === 'device') && typeof hex === 'string';
  if (!valid || hex.length % 2 !== 0 || !/^[\da-f]*$/i.test(hex)) {
    throw new OpenMVError(
      'MALFORMED',
      `line ${number} of ${path} is not a row of a wire capture: ${line.slice(0, 60)}`,
    );
  }
  return row as CaptureRow;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
