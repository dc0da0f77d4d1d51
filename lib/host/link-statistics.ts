import type { Discarded } from '../wire/packet.js';

/** What a camera object has counted on all its links so far. */
export interface LinkStatistics {
  readonly sentPackets: number;
  readonly sentBytes: number;
  readonly receivedPackets: number;
  readonly receivedBytes: number;
  /** Packets that the camera sent again. */
  readonly receivedRepeats: number;
  /** Rejections by reason. */
  readonly rejected: Readonly<Record<Discarded['reason'], number>>;
  /** Commands that were sent again. */
  readonly repeatedCommands: number;
  /** Times that packets which did not come were acknowledged all the same, so that the camera goes on. */
  readonly pokes: number;
  /** Sessions that were begun anew on the same connection, because the camera had lost the one before. */
  readonly resynchronisations: number;
  /** Soft reboots of the camera. */
  readonly reboots: number;
  /** Times the port was lost and opened again. */
  readonly reconnections: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends number ? number : { -readonly [R in keyof T[K]]: number } };

export function emptyStatistics(): Mutable<LinkStatistics> {
  return {
    sentPackets: 0,
    sentBytes: 0,
    receivedPackets: 0,
    receivedBytes: 0,
    receivedRepeats: 0,
    rejected: { garbage: 0, header: 0, 'too-long': 0, payload: 0, incomplete: 0 },
    repeatedCommands: 0,
    pokes: 0,
    resynchronisations: 0,
    reboots: 0,
    reconnections: 0,
  };
}
