import { mkdir } from 'node:fs/promises';
import type { Transport } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { fromEvent, lastValueFrom, merge, tap } from 'rxjs';
import { parse, usage, UsageError, type Arguments } from './arguments.js';
import { bars } from './bars.js';
import { inspect } from './inspect.js';
import { recordAll, type CameraProgress } from './recorder.js';

/** Runs the command line. The exit code is 0, 1 for a failure, or 2 for wrong usage. */
export async function main(args: string[]): Promise<void> {
  try {
    await run(parse(args));
  } catch (error) {
    console.error(`recorder: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof UsageError) console.error(usage);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function run(wanted: Arguments): Promise<void> {
  if (wanted.task === 'help') console.log(usage);
  else if (wanted.task === 'inspect') for (const line of await inspect(wanted.file)) console.log(line);
  else await recordTo(wanted);
}

async function recordTo({ folder, ports, seconds, splitBytes }: Arguments & { task: 'record' }): Promise<void> {
  await mkdir(folder, { recursive: true });
  const cameras = await ways(ports);
  const until$ = merge(...['SIGINT', 'SIGTERM'].map((signal) => fromEvent(process, signal)));
  const last = new Map<string, CameraProgress['progress']>();
  const recording = recordAll({ cameras, folder, seconds, splitBytes, until$ }).pipe(
    tap(({ name, progress }) => last.set(name, progress)),
    bars([...cameras.keys()], seconds),
  );
  await lastValueFrom(recording, { defaultValue: undefined });
  for (const [name, { frames, dropped, files, bytes }] of last) {
    console.log(
      `${name}: ${counted(frames, 'frame')}, ${dropped} left out, ${(bytes / 1e6).toFixed(1)} MB in ${counted(files, 'file')}`,
    );
  }
}

/** The cameras' transports. The serial port's library is loaded only if a port is given. */
async function ways(ports: readonly string[]): Promise<ReadonlyMap<string, Transport>> {
  if (ports.length === 0) {
    const virtual = ['left', 'right'].map(
      (name) => [name, new VirtualCamera({ name, imu: true }).transport()] as const,
    );
    return new Map(virtual);
  }
  const { serialPort } = await import('openmv-rx/serialport');
  return new Map(ports.map((path, index) => [`camera-${index + 1}`, serialPort(path)]));
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
