import { type Command, InvalidArgumentError, Option } from 'commander';
import { given } from '../../arguments.js';
import { lastValueFrom, Observable, takeUntil, tap } from 'rxjs';
import { faultyConnection, type FaultyOptions } from '../../testing.js';
import type { Connection } from '../../transport/transport.js';
import { boardNamed, boardNames } from '../../virtual/board-presets.js';
import { type BoardName, type SensorFormat, VirtualCamera, type VirtualCameraOptions } from '../../virtual/index.js';
import { OVERHEAD_BYTES } from '../../wire/packet.js';
import { busyTimes, orWrongUsage, share, wholeNumber, widthAndHeight, withExample } from '../arguments/usage.js';
import { interruption } from '../output/interruption.js';
import { Output } from '../output/output.js';
import {
  checkEndpoints,
  type EndpointKind,
  type EndpointOptions,
  endpointText,
  type Serve,
  serveAt,
  withEndpoints,
} from '../serving/endpoints.js';

/** Options of virtual cameras, and of the link to them. */
export interface CameraSettings {
  readonly board?: BoardName;
  readonly fps?: number;
  readonly size?: { readonly width: number; readonly height: number };
  readonly format?: SensorFormat;
  readonly quality?: number;
  readonly busy?: { readonly ms: number; readonly everyMs: number };
  readonly loss: number;
  readonly damage: number;
  readonly seed: number;
}

interface VirtualOptions extends CameraSettings, EndpointOptions {
  readonly json?: true;
}

const FORMATS: readonly SensorFormat[] = ['rgb565', 'grayscale', 'binary', 'jpeg', 'png'];

/** `virtual`: serves virtual cameras to programs that expect a serial port or an address. */
export function addVirtual(program: Command): void {
  withEndpoints(withExample(program.command('virtual'), 'openmv-rx virtual --tcp 5000 --size 640x480 --loss 1%'))
    .description('serve virtual cameras until Ctrl-C, one for each --pty, --tcp and --udp (each may be repeated)')
    .option('--board <name>', `the board: ${boardNames.join(', ')}`, board)
    .option('--fps <n>', 'frames a second', wholeNumber(1, 1000))
    .option('--size <width>x<height>', 'the size of its frames, in pixels', widthAndHeight)
    .addOption(new Option('--format <name>', 'the format of its frames').choices(FORMATS))
    .option('--quality <n>', 'the quality of its JPEGs, 1 to 100', wholeNumber(1, 100))
    .option('--busy <n/m>', 'be busy and answer nothing for n of every m milliseconds: 30/100', busyTimes)
    .option('--loss <share>', 'the share of packets that are lost, each way: 0.02 or 2%', share, 0)
    .option('--damage <share>', 'the share of packets in which one bit is flipped, each way: 0.02 or 2%', share, 0)
    .option('--seed <n>', 'chooses which packets are lost or damaged', wholeNumber(0), 1)
    .option('--json', 'print JSON lines')
    .action(async (options: VirtualOptions) => {
      const output = new Output(options.json === true);
      checkEndpoints(program, options);
      const served$ = orWrongUsage(program, () => serveAt(options, (kind) => virtualCamera(options, kind))).pipe(
        tap((endpoint) => output.write(endpoint, `a virtual camera is at ${endpointText(endpoint)}`)),
        takeUntil(interruption()),
      );
      await lastValueFrom(served$, { defaultValue: undefined });
    });
}

function board(word: string): BoardName {
  const name = boardOfWord(word);
  if (name === undefined) throw new InvalidArgumentError(`Use one of ${boardNames.join(', ')}.`);
  return name;
}

/** Finds a board by its name, ignoring case, spaces and dashes: `H7 Plus` is also `h7plus`. */
export function boardOfWord(word: string): BoardName | undefined {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');
  return boardNames.find((name) => plain(name) === plain(word));
}

/** Makes a virtual camera, which serves one connection after another. */
export function virtualCamera(settings: CameraSettings, kind: EndpointKind): Serve {
  const { board: name = 'virtual', fps, size, format, quality, busy, loss, damage, seed } = settings;
  const camera = new VirtualCamera({
    board: name,
    transportName: kind,
    ...size,
    ...given({ framesPerSecond: fps, format, quality, busy }),
    ...(kind === 'udp' && udpOptions(name)),
  });
  return (connection) => session(camera, connection, { loss, damage, seed });
}

/** The settings of the camera's own network example (PROTOCOL 12), as far as the board's buffer allows. */
function udpOptions(name: BoardName): VirtualCameraOptions {
  const maxPayload = Math.min(1400, boardNamed(name).bufferSize - OVERHEAD_BYTES);
  return { maxPayload, ack: false, retransmitTimeoutMs: 100 };
}

function session(camera: VirtualCamera, connection: Connection, faults: FaultyOptions): Observable<never> {
  return new Observable((subscriber) =>
    faultyConnection(connection, faults).subscribe((faulty) => {
      const attached = camera.attach(faulty);
      subscriber.add(attached);
      attached.add(() => subscriber.complete());
    }),
  );
}
