import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

/** A tty that sends back what is written to it. */
export interface EchoPty {
  readonly path: string;
  close(): Promise<void>;
}

/** Made of one process that does nothing else, so that the near end is what is measured. */
export async function echoPty(): Promise<EchoPty> {
  const folder = mkdtempSync(join(tmpdir(), 'openmv-rx-bench-'));
  const path = join(folder, 'echo');
  const socat = spawn('socat', ['-b65536', `pty,raw,echo=0,link=${path}`, 'PIPE']);
  const ended = once(socat, 'exit');
  while (!existsSync(path)) await turn();
  // socat ends when the last one closes the tty, so it is kept open here.
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  return {
    path,
    close: async () => {
      socat.kill();
      await ended;
      closeSync(held);
      rmSync(folder, { recursive: true });
    },
  };
}
