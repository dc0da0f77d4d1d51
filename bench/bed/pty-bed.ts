import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialPort, type SerialPortOptions } from 'openmv-rx/serialport';
import type { Bed, BedKind, BedOptions } from './bed.js';

/** Beside this file when it is bundled (start.mjs). */
const PROGRAM = fileURLToPath(new URL('pty-camera.js', import.meta.url));

/** The camera in a process of its own, behind a real tty. */
export const ptyBed = ptyBedWith('pty', {});

/** The same, its port opened with these options. */
export function ptyBedWith(name: string, portOptions: SerialPortOptions): BedKind {
  return { name, make: (options) => makePtyBed(options, portOptions) };
}

async function makePtyBed(options: BedOptions, portOptions: SerialPortOptions): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), 'openmv-rx-bench-'));
  const path = join(folder, 'camera');
  const camera = fork(PROGRAM, [path, JSON.stringify(options)]);
  const ended = once(camera, 'exit');
  const lost = ended.then(() => Promise.reject(new Error('the camera behind the pty has ended, see above')));
  lost.catch(() => undefined);
  const told = (): Promise<unknown> => Promise.race([once(camera, 'message'), lost]);
  await told();
  return {
    transport: serialPort(path, portOptions),
    arm: async (fault) => {
      const armed = told();
      camera.send(fault);
      await armed;
    },
    close: async () => {
      if (camera.connected) camera.disconnect();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Why there can be no pty here, if so. */
export function whyNoPty(): string | undefined {
  return spawnSync('socat', ['-V']).error === undefined
    ? undefined
    : 'a pty needs socat, which is not there: apt install socat';
}
