import { defer, filter, map, merge, scan, switchMap, take, timer, type Observable, type SchedulerLike } from 'rxjs';
import type { Connection } from '../transport/transport.js';
import type { Version } from '../wire/payloads/index.js';

/** Firmware before 5.0.0 is asked for its version with command 0x30, request 0x80, for 12 bytes: three u32. */
const ASK_VERSION = Uint8Array.of(0x30, 0x80, 12, 0, 0, 0);
const ANSWER_BYTES = 12;
/** The first firmware that speaks the protocol of this library. */
const FIRST_MAJOR = 5;

/**
 * Asks in the words of old firmware which it is. A camera that speaks the present protocol skips the question, for it
 * begins with no sync. Emits the version if there is such an answer; never completes without.
 */
export function oldFirmware(connection: Connection, afterMs: number, scheduler: SchedulerLike): Observable<Version> {
  return defer(() => {
    let asked = false;
    const asking = timer(afterMs, scheduler).pipe(
      switchMap(() => {
        asked = true;
        return connection.write(ASK_VERSION.slice());
      }),
    );
    const answer = connection.bytes$.pipe(
      filter(() => asked),
      scan((all, bytes) => Uint8Array.of(...all, ...bytes.subarray(0, ANSWER_BYTES)), new Uint8Array(0)),
      filter(({ length }) => length >= ANSWER_BYTES),
      take(1),
      map(versionOf),
      filter((version) => version !== undefined),
    );
    return merge(answer, asking);
  });
}

function versionOf(bytes: Uint8Array): Version | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, ANSWER_BYTES);
  const [major, minor, patch] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
  return major > 0 && major < FIRST_MAJOR && minor < 100 && patch < 100 ? { major, minor, patch } : undefined;
}
