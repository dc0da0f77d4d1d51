import { OpenMVError } from '../../errors.js';
import { parseRow } from './capture-row.js';
import { Eavesdropper } from './capture-decoder.js';
import type { RecordingEntry } from '../format/recording-entry.js';

/** Far above what one read or write of a port has. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** What a wire capture tells, of which `pieces` are the bytes. Errors as `readRecording` does. */
export async function* readCapture(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<RecordingEntry> {
  const listener = new Eavesdropper();
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new OpenMVError('MALFORMED', `line ${number + 1} of ${path} has no end`);
    for (const line of lines) if (line !== '') yield* listener.push(parseRow(line, ++number, path));
  }
  if (rest === '') return;
  try {
    yield* listener.push(parseRow(rest, number + 1, path));
  } catch (cause) {
    throw new OpenMVError('TRUNCATED', `${path} ends within its line ${number + 1}; all before it has been read`, {
      cause,
    });
  }
}
