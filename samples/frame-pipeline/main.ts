import { Camera, type Transport } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { fromEvent, lastValueFrom, map, merge, take, takeUntil, tap, type Observable } from 'rxjs';
import { parse, usage, UsageError, type Program } from './arguments.js';
import { exposure } from './exposure.js';
import { join } from './join.js';
import { motion } from './motion.js';

/** Each program with the line that it prints. */
const programs: Readonly<Record<Program, (camera: Camera) => Observable<string>>> = {
  motion: (camera) =>
    motion(camera).pipe(
      map(({ frame, regions }) => {
        const places = regions.map(({ x, y, width, height }) => `${width}×${height} at ${x},${y}`);
        return `frame ${frame}: ${places.join(', ')}`;
      }),
    ),
  join: (camera) =>
    join(camera).pipe(
      map(({ frame, tilt, differenceMs }) => {
        const apart = `measured ${Math.abs(differenceMs).toFixed(1)} ms ${differenceMs < 0 ? 'before' : 'after'}`;
        return `frame ${frame}: tilted by ${tilt.toFixed(1)}°, ${apart}`;
      }),
    ),
  exposure: (camera) =>
    exposure(camera).pipe(map(({ median, exposure }) => `median ${median}: exposure ${exposure.toFixed(3)}`)),
};

/** Runs the command line. The exit code is 0, 1 for a failure, or 2 for wrong usage. */
export async function main(args: string[]): Promise<void> {
  try {
    const { program, port, count, help } = parse(args);
    if (help) console.log(usage);
    else await run(programs[program](new Camera(await way(port))), count);
  } catch (error) {
    console.error(`frame-pipeline: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof UsageError) console.error(usage);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function run(lines: Observable<string>, count: number): Promise<void> {
  const stop$ = merge(...['SIGINT', 'SIGTERM'].map((signal) => fromEvent(process, signal)));
  const printed = lines.pipe(
    tap((line) => console.log(line)),
    take(count),
    takeUntil(stop$),
  );
  await lastValueFrom(printed, { defaultValue: undefined });
}

/** The camera's transport. The serial port's library is loaded only if a port is given. */
async function way(port: string | undefined): Promise<Transport> {
  if (port === undefined) return new VirtualCamera({ exposure: 0.3 }).transport();
  const { serialPort } = await import('openmv-rx/serialport');
  return serialPort(port);
}
