import type { Transport } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { lastValueFrom } from 'rxjs';
import { parse, usage, UsageError, type Arguments } from './arguments.js';
import { reportFrames } from './headless.js';
import { serve } from './server.js';

/** Runs the command line. The exit code is 0, 1 for a failure, or 2 for wrong usage. */
export async function main(args: string[]): Promise<void> {
  // A closed pipe is not a failure; see headless.ts.
  process.stdout.on('error', () => undefined);
  try {
    await run(parse(args));
  } catch (error) {
    console.error(`live-view: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof UsageError) console.error(usage);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function run({ port, task }: Arguments): Promise<void> {
  switch (task.kind) {
    case 'help':
      console.log(usage);
      break;
    case 'frames':
      await lastValueFrom(reportFrames(await camera(port), task.count, task.json));
      break;
    case 'page': {
      const server = await serve(await camera(port), task.listen);
      console.log(`Live view of ${port ?? 'a virtual camera'}: ${server.url} (Ctrl-C ends it)`);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, server.close);
    }
  }
}

/** The camera's transport. The serial port's library is loaded only if a port is given. */
async function camera(port: string | undefined): Promise<Transport> {
  if (port === undefined) return new VirtualCamera().transport();
  const { serialPort } = await import('openmv-rx/serialport');
  return serialPort(port);
}
