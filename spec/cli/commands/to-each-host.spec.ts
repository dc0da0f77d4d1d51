import { NEVER, Subject, type Subscriber, Observable } from 'rxjs';
import { toEachHost } from '../../../lib/cli/commands/replay.js';
import { encodePacket, Opcode } from '../../../lib/operators/index.js';
import type { Connection } from '../../../lib/transport/transport.js';

const SYNC = encodePacket({ opcode: Opcode.PROTO_SYNC });
const POLL = encodePacket({ opcode: Opcode.CHANNEL_POLL });

/** A connection with what is served on it, each serving with the bytes that it has got. */
function bed() {
  const bytes$ = new Subject<Uint8Array>();
  const servings: { got: number[][]; over: boolean; gone: boolean; camera: Subscriber<never> }[] = [];
  const serve = (connection: Connection) =>
    new Observable<never>((camera) => {
      const serving = { got: [] as number[][], over: false, gone: false, camera };
      servings.push(serving);
      camera.add(connection.bytes$.subscribe((bytes) => serving.got.push([...bytes])));
      camera.add(() => (serving.gone = true));
    });
  let completed = false;
  const isOver = (): boolean => servings.at(-1)!.over;
  const subscription = toEachHost({ bytes$, write: () => NEVER }, serve, isOver).subscribe({
    complete: () => (completed = true),
  });
  return { bytes$, servings, subscription, isCompleted: () => completed };
}

describe('toEachHost', () => {
  it('ignores everything before a SYNC, and passes on the SYNC and all bytes after it', () => {
    const { bytes$, servings } = bed();
    bytes$.next(Uint8Array.of(1, 2, 3));
    bytes$.next(POLL);
    expect(servings).toEqual([]);
    bytes$.next(SYNC.subarray(0, 4));
    bytes$.next(SYNC.subarray(4));
    bytes$.next(POLL);
    expect(servings.map(({ got }) => got)).toEqual([[[...SYNC], [...POLL]]]);
  });

  it('keeps serving a host that sends SYNC again, and starts again for the next host', () => {
    const { bytes$, servings } = bed();
    bytes$.next(SYNC);
    bytes$.next(SYNC);
    expect(servings.map(({ got }) => got)).toEqual([[[...SYNC], [...SYNC]]]);
    servings[0]!.over = true;
    bytes$.next(POLL);
    expect(servings).toHaveLength(1);
    bytes$.next(SYNC);
    bytes$.next(POLL);
    expect(servings[0]!.gone).toBe(true);
    expect(servings[1]).toMatchObject({ got: [[...SYNC], [...POLL]], gone: false });
    expect(servings).toHaveLength(2);
  });

  it('completes when the camera ends the connection', () => {
    const { bytes$, servings, isCompleted } = bed();
    bytes$.next(SYNC);
    servings[0]!.camera.complete();
    expect(isCompleted()).toBe(true);
    expect(bytes$.observed).toBe(false);
  });

  it.each(['before', 'while'])('completes when the host ends the connection %s it is served', (when) => {
    const { bytes$, servings, isCompleted } = bed();
    if (when === 'while') bytes$.next(SYNC);
    bytes$.complete();
    servings[0]?.camera.complete(); // as a camera does that has nobody to talk to
    expect(isCompleted()).toBe(true);
  });

  it('stops when it is unsubscribed from', () => {
    const { bytes$, servings, subscription } = bed();
    bytes$.next(SYNC);
    subscription.unsubscribe();
    expect(servings[0]!.gone).toBe(true);
    expect(bytes$.observed).toBe(false);
  });
});
