import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServingOptions } from './camera-process.js';

/** Beside this file when it is bundled (start.mjs). */
const PROGRAM = fileURLToPath(new URL('camera-process.js', import.meta.url));

/** Cameras in a process of their own. */
export interface ServedCameras {
  /** Of the loopback address, one for each camera. */
  readonly ports: readonly number[];
  /** The processor time of that process so far, in milliseconds. */
  cpuMs(): Promise<number>;
  close(): Promise<void>;
}

export async function servedCameras(options: ServingOptions): Promise<ServedCameras> {
  const process = fork(PROGRAM, [JSON.stringify(options)]);
  const ended = once(process, 'exit');
  const lost = ended.then(() => Promise.reject(new Error('the cameras’ process has ended, see above')));
  lost.catch(() => undefined);
  const told = async (): Promise<unknown> => ((await Promise.race([once(process, 'message'), lost])) as [unknown])[0];
  const ports = (await told()) as readonly number[];
  return {
    ports,
    cpuMs: async () => {
      const answer = told();
      process.send('usage');
      const { user, system } = (await answer) as NodeJS.CpuUsage;
      return (user + system) / 1000;
    },
    close: async () => {
      if (process.connected) process.disconnect();
      await ended;
    },
  };
}
