import { memoryPair } from 'openmv-rx/testing';
import type { BedKind } from './bed.js';
import { BenchCamera } from './bench-camera.js';

export const memoryBed: BedKind = {
  name: 'memory',
  make: (options) => {
    const [host, far] = memoryPair();
    const camera = new BenchCamera(options);
    // The host leaves before the camera does, which is a loss for the camera.
    const plugged = far.open().subscribe({ next: (connection) => camera.attach(connection), error: () => undefined });
    return Promise.resolve({
      transport: host,
      arm: (fault) => {
        camera.oneFault.arm(fault);
        return Promise.resolve();
      },
      close: () => {
        plugged.unsubscribe();
        return Promise.resolve();
      },
    });
  },
};
