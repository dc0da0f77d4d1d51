import { Camera, type CameraOptions } from 'openmv-rx';
import { filter, firstValueFrom } from 'rxjs';
import type { Bed, BedKind, BedOptions } from '../bed/bed.js';

/** Does `work` with a camera that is ready, and leaves nothing open. */
export async function withCamera<T>(
  kind: BedKind,
  bedOptions: BedOptions,
  options: CameraOptions,
  work: (camera: Camera, bed: Bed) => Promise<T>,
): Promise<T> {
  const bed = await kind.make(bedOptions);
  const camera = new Camera(bed.transport, { closeAfterMs: 10, reconnect: 'always', ...options });
  const connection = camera.connect();
  try {
    await firstValueFrom(camera.info());
    return await work(camera, bed);
  } finally {
    connection.unsubscribe();
    await firstValueFrom(camera.state$.pipe(filter(({ state }) => state === 'closed')));
    await bed.close();
  }
}
