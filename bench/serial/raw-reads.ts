import { ptyBedWith } from '../bed/pty-bed.js';
import { RAW_BYTES } from '../bed/frames.js';
import { bulkReads } from '../loopback/bulk-reads.js';
import { streams } from '../loopback/streams.js';
import type { Pace } from '../pace.js';
import type { Result } from '../result.js';
import { KINDS } from './kinds.js';

/** Raw VGA as a stream, and read from a channel, which no lock holds up; 4082 bytes of payload a packet. */
export async function rawReads(ack: boolean, pace: Pace): Promise<Result[]> {
  const results: Result[] = [];
  for (const io of KINDS) {
    const kind = ptyBedWith(io, { io });
    const name = `${io}, raw VGA, acks ${ack ? 'on' : 'off'}`;
    results.push(
      ...(await streams(kind, name, RAW_BYTES, ack, pace)),
      ...(await bulkReads(kind, name, RAW_BYTES, ack, pace)),
    );
  }
  return results;
}
