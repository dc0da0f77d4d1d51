import { Camera, json, type Transport } from 'openmv-rx';
import { filter, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';

/** What {@link fiveFrames} has seen. */
export interface Seen {
  readonly frames: readonly { readonly width: number; readonly height: number; readonly format: string }[];
  readonly quality: number;
}

/** A program as people write it, whatever the way to the camera: connects, takes five frames, writes a value, and ends. */
export async function fiveFrames(transport: Transport): Promise<Seen> {
  const camera = new Camera(transport, { closeAfterMs: 0 });
  const connection = camera.connect();
  try {
    const frames$ = camera.frames$.pipe(map(({ width, height, format }) => ({ width, height, format })));
    const frames = await lastValueFrom(frames$.pipe(take(5), toArray()));
    const config = camera.channel('config', json<{ quality: number }>());
    // The same value twice does no harm, so that a bad cable can't leave it open whether it was written.
    await lastValueFrom(config.write({ quality: 50 }, { atLeastOnce: true }));
    const { quality } = await firstValueFrom(config.read());
    return { frames, quality };
  } finally {
    connection.unsubscribe();
    await firstValueFrom(camera.state$.pipe(filter(({ state }) => state === 'closed')));
  }
}
