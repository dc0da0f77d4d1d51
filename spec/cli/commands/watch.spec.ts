import { lastValueFrom, NEVER, of, Subject, throwError, toArray, type Observable } from 'rxjs';
import { entryLine, watchEntries, type WatchEntry, type WatchSettings } from '../../../lib/cli/commands/watch.js';
import { layoutArgument } from '../../../lib/cli/arguments/layout.js';
import { OpenMVError } from '../../../lib/errors.js';
import { Camera } from '../../../lib/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';

/** A camera whose channels have these events and values. */
function watched(
  settings: WatchSettings,
  { events$ = NEVER, value$ = NEVER }: { events$?: Observable<{ event: number }>; value$?: Observable<Uint8Array> },
): { seen: WatchEntry[]; isOver: () => boolean } {
  const camera = { channel: () => ({ events$, value$ }) } as unknown as Camera;
  const seen: WatchEntry[] = [];
  let isOver = false;
  watchEntries(camera, 'imu', settings).subscribe({ next: (one) => seen.push(one), complete: () => (isOver = true) });
  return { seen, isOver: () => isOver };
}

describe('watchEntries', () => {
  it('emits an entry for each record if there is a layout', () => {
    const { seen } = watched({ layout: layoutArgument('<bB') }, { value$: of(Uint8Array.of(255, 255, 1, 2)) });
    expect(seen).toEqual([{ values: [-1, 255] }, { values: [1, 2] }]);
    expect(seen.map((one) => entryLine('imu', one))).toEqual(['imu: -1 255', 'imu: 1 2']);
  });

  it('completes after the requested number of values, even in the middle of a payload', () => {
    const value$ = new Subject<Uint8Array>();
    const { seen, isOver } = watched({ layout: layoutArgument('<B'), count: 3 }, { value$ });
    value$.next(Uint8Array.of(1, 2));
    expect(isOver()).toBe(false);
    value$.next(Uint8Array.of(3, 4));
    expect(seen).toEqual([{ values: [1] }, { values: [2] }, { values: [3] }]);
    expect(isOver()).toBe(true);
    expect(value$.observed).toBe(false);
  });

  it('shows events next to the values, and does not count them', () => {
    const [events$, value$] = [new Subject<{ event: number }>(), new Subject<Uint8Array>()];
    const { seen, isOver } = watched({ count: 1 }, { events$, value$ });
    events$.next({ event: 7 });
    expect(isOver()).toBe(false);
    value$.next(Uint8Array.of(65));
    expect(seen).toEqual([{ event: 7 }, { text: 'A' }]);
    expect(isOver()).toBe(true);
  });

  it("counts the events of a channel that can't be read, because it has nothing else", () => {
    const events$ = new Subject<{ event: number }>();
    const value$ = throwError(() => new OpenMVError('NOT_READABLE', 'no'));
    const { seen, isOver } = watched({ count: 2 }, { events$, value$ });
    events$.next({ event: 1 });
    expect(isOver()).toBe(false);
    events$.next({ event: 2 });
    expect(seen).toEqual([{ event: 1 }, { event: 2 }]);
    expect(isOver()).toBe(true);
  });

  it('errors and names the channel if the layout does not fit', () => {
    const camera = { channel: () => ({ events$: NEVER, value$: of(Uint8Array.of(1)) }) } as unknown as Camera;
    let error: unknown;
    watchEntries(camera, 'imu', { layout: layoutArgument('<H') }).subscribe({ error: (one: unknown) => (error = one) });
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining("'imu'") as string });
  });

  it('splits stdout into lines if they are counted, however the text arrives', () => {
    const stdout$ = new Subject<string>();
    const seen: WatchEntry[] = [];
    let isOver = false;
    const text$ = watchEntries({ stdout$ } as unknown as Camera, 'stdout', { count: 2 });
    text$.subscribe({ next: (one) => seen.push(one), complete: () => (isOver = true) });
    stdout$.next('on');
    stdout$.next('e\r\ntw');
    expect(isOver).toBe(false);
    stdout$.next('o\nthree\n');
    expect(seen).toEqual([{ text: 'one\n' }, { text: 'two\n' }]);
    expect(isOver).toBe(true);
  });

  it('emits the text of stdout as it arrives if nothing is counted', async () => {
    const camera = { stdout$: of('a', 'b\n') } as unknown as Camera;
    expect(await lastValueFrom(watchEntries(camera, 'stdout', {}).pipe(toArray()))).toEqual([
      { text: 'a' },
      { text: 'b\n' },
    ]);
  });

  it('reads the motion sensor of a virtual camera', async () => {
    const camera = new Camera(new VirtualCamera().transport(), { reconnect: 'never', closeAfterMs: 0 });
    const imu$ = watchEntries(camera, 'imu', { layout: layoutArgument('<Q6f'), count: 5 });
    const seen = await lastValueFrom(imu$.pipe(toArray()));
    const values = seen.flatMap((one) => ('values' in one ? [one.values] : []));
    expect(values).toHaveLength(5);
    for (const record of values) expect(record.map((one) => typeof one)).toEqual(Array<string>(7).fill('number'));
  });
});
