import { mergeMap } from 'rxjs';
import type { Connection } from 'openmv-rx';

/** A connection whose host's packets arrive one a chunk, as they were written; a pty may bring several together. */
export function perPacket(connection: Connection): Connection {
  return {
    bytes$: connection.bytes$.pipe(mergeMap((chunk) => packetsIn(chunk))),
    write: (bytes) => connection.write(bytes),
  };
}

/** By their headers alone: what a host sends is short, and whole in one chunk. */
function packetsIn(chunk: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < chunk.length;) {
    const length = (chunk[at + 6] ?? 0) | ((chunk[at + 7] ?? 0) << 8);
    const end = at + 10 + (length === 0 ? 0 : length + 4);
    packets.push(chunk.subarray(at, end));
    at = end;
  }
  return packets;
}
