import { concat, filter, ignoreElements, type Observable, of, switchMap, takeWhile } from 'rxjs';
import { decode, encodePacket, isPacket, Opcode } from '../index.js';
import type { Connection } from '../transport/transport.js';
import type { Serve } from './served-camera.js';

/** The first packet of a host, always the same bytes (PROTOCOL 1). */
const SYNC = encodePacket({ opcode: Opcode.PROTO_SYNC });

/**
 * Serves each host that comes, where hosts come and go without a word on a connection that stays, as that of a serial
 * port and of UDP does. A host has come when it synchronises while nothing is served, or `isOver` says so of what is: one that
 * is being served may synchronise as well, and is served on. Completes when a host or the camera has ended the connection.
 */
export function toEachHost(connection: Connection, serve: Serve, isOver: () => boolean): Observable<never> {
  let served = false;
  return connection.bytes$.pipe(
    decode(),
    filter((one) => isPacket(one) && one.opcode === Opcode.PROTO_SYNC && (!served || isOver())),
    switchMap(() => {
      served = true;
      const bytes$ = concat(of(SYNC), connection.bytes$);
      return concat(serve({ bytes$, write: (bytes) => connection.write(bytes) }), of('ended'));
    }),
    takeWhile((one) => one !== 'ended'),
    ignoreElements(),
  );
}
