import type { Command } from 'commander';
import { lastValueFrom, takeUntil, tap } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import type { CameraPort } from '../../transport/serialport/index.js';
import { withExample } from '../arguments/usage.js';
import { withAdvice } from '../output/failure.js';
import { interruption, orInterrupted } from '../output/interruption.js';
import { loadSerialport } from '../optional-packages.js';
import { Output } from '../output/output.js';

interface ListOptions {
  readonly watch?: true;
  readonly json?: true;
}

/** `list`: lists the cameras at USB ports. */
export function addList(program: Command): void {
  withExample(program.command('list'), 'openmv-rx list')
    .description('list the cameras that are plugged in')
    .option('--watch', 'report cameras that are plugged in or unplugged, until Ctrl-C')
    .option('--json', 'print JSON lines')
    .action(({ watch, json }: ListOptions) => {
      const output = new Output(json === true);
      return watch ? follow(output) : list(output);
    });
}

async function list(output: Output): Promise<void> {
  const { listCameras } = await loadSerialport();
  let unlistable: OpenMVError | undefined;
  const cameras$ = listCameras({ onUnlistable: (error) => (unlistable = error) });
  const cameras = await lastValueFrom(cameras$.pipe(orInterrupted(interruption())), { defaultValue: [] });
  if (unlistable) throw new OpenMVError('PORT_UNAVAILABLE', unlistableText(unlistable), { cause: unlistable });
  for (const camera of cameras) output.write(portRecord(camera), portLine(camera, output));
  if (cameras.length === 0 && !output.json) process.stderr.write('openmv-rx: no camera is plugged in\n');
}

async function follow(output: Output): Promise<void> {
  const { watchCameras } = await loadSerialport();
  const onUnlistable = (error: OpenMVError): void => {
    process.stderr.write(`openmv-rx: ${unlistableText(error)}\n`);
  };
  const changes$ = watchCameras({ onUnlistable }).pipe(
    tap(({ kind, port }) => {
      const what = kind === 'arrived' ? 'plugged' : 'unplugged';
      const { path, ...rest } = portRecord(port);
      output.write({ [what]: path, ...rest }, `${what.padEnd(9)}  ${portLine(port, output)}`);
    }),
    takeUntil(interruption()),
  );
  await lastValueFrom(changes$, { defaultValue: undefined });
}

function portRecord({ path, board, serialNumber, bootloader }: CameraPort): Record<string, unknown> {
  return { path, board, serialNumber, bootloader };
}

function portLine({ path, board, serialNumber, bootloader }: CameraPort, output: Output): string {
  const words = [
    output.name(path),
    board,
    serialNumber ?? 'no serial number',
    ...(bootloader ? ['in its bootloader'] : []),
  ];
  return words.join('  ');
}

function unlistableText({ message }: OpenMVError): string {
  return withAdvice(message, "install udev, or choose the camera's port with --port PATH");
}
