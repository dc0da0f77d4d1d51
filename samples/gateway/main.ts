import { Camera, type Transport } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { fromEvent, lastValueFrom, merge, takeUntil, tap } from 'rxjs';
import { parse, usage, UsageError } from './arguments.js';
import { gateway } from './gateway.js';

/** Runs the command line. The exit code is 0, 1 for a failure, or 2 for wrong usage. */
export async function main(args: string[]): Promise<void> {
  try {
    const { port, listen, help } = parse(args);
    if (help) console.log(usage);
    else await share(port, listen);
  } catch (error) {
    console.error(`gateway: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof UsageError) console.error(usage);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function share(port: string | undefined, listen: number): Promise<void> {
  const stop$ = merge(...['SIGINT', 'SIGTERM'].map((signal) => fromEvent(process, signal)));
  const shared$ = gateway(new Camera(await way(port)), listen).pipe(
    tap((address) => {
      console.log(`Sharing ${port ?? 'a virtual camera'} at ${address} (Ctrl-C ends it)`);
      console.log(`  npx openmv-rx frames --tcp ${address}`);
    }),
    takeUntil(stop$),
  );
  await lastValueFrom(shared$, { defaultValue: undefined });
}

/** The camera's transport. The serial port's library is loaded only if a port is given. */
async function way(port: string | undefined): Promise<Transport> {
  if (port === undefined) return new VirtualCamera().transport();
  const { serialPort } = await import('openmv-rx/serialport');
  return serialPort(port);
}
