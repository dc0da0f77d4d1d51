import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  filter,
  finalize,
  firstValueFrom,
  ignoreElements,
  lastValueFrom,
  merge,
  type Observable,
  take,
  takeUntil,
  timeout,
} from 'rxjs';
import { Camera } from '../index.js';
import { hostAndPort } from './arguments/address.js';
import { type TargetOptions, targetTransport } from './arguments/target.js';
import { seconds, wholeNumber, widthAndHeight, withExample } from './arguments/usage.js';
import { interruption } from './output/interruption.js';
import { Output } from './output/output.js';
import { traceTo } from './output/trace-file.js';

/** Options of every command that connects to a camera. */
export interface TargetCommandOptions extends TargetOptions {
  readonly json?: true;
}

/** Options of every command that uses a `Camera`. */
export interface CameraCommandOptions extends TargetCommandOptions {
  readonly raw?: { readonly width: number; readonly height: number };
  readonly trace?: string;
}

/** The camera of a command, and its output. */
export interface CameraContext {
  readonly camera: Camera;
  readonly output: Output;
  /** Emits when the command must end early. */
  readonly stop$: ReturnType<typeof interruption>;
  /** The command gives up when the camera is silent for longer than this. */
  readonly timeoutMs: number;
}

/** Cameras listen for UDP at this port (PROTOCOL 12). */
const UDP_PORT = 5555;

/** Long enough for a camera that erases flash or loads a model, which takes about six seconds. */
const TIMEOUT_SECONDS = 10;
/** A command's timeout is longer than that of the opening, because the error of the opening says more. */
const BEHIND_OPENING_MS = 500;
const CLOSE_AFTER_MS = 50;
const RELEASE_TIMEOUT_MS = 1500;

/**
 * Adds a command with the options that choose a camera.
 *
 * @param example lines for a shell, shown at the end of its help
 */
export function targetCommand(
  program: Command,
  nameAndArguments: string,
  description: string,
  ...example: readonly string[]
): Command {
  const notSerial = ['tcp', 'udp', 'ws', 'virtual'];
  return withExample(program.command(nameAndArguments), ...example)
    .description(description)
    .addOption(new Option('--port <path>', 'the serial port of the camera').conflicts(notSerial))
    .addOption(
      new Option('--baudrate <n>', 'the bit rate of the serial port; default 921600, which USB needs')
        .conflicts(notSerial)
        .argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--tcp <host:port>', 'a camera that is served by TCP')
        .conflicts(['udp', 'ws', 'virtual'])
        .argParser(hostAndPort()),
    )
    .addOption(
      new Option('--udp <host[:port]>', `a camera that speaks UDP; default port ${UDP_PORT}`)
        .conflicts(['ws', 'virtual'])
        .argParser(hostAndPort(UDP_PORT)),
    )
    .addOption(
      new Option('--ws <url>', 'the camera of a bridge, as in ws://localhost:8787')
        .conflicts('virtual')
        .argParser(webSocketUrl),
    )
    .addOption(new Option('--ws-token <token>', 'the token of that bridge').env('OPENMV_BRIDGE_TOKEN'))
    .addOption(new Option('--virtual', 'a virtual camera inside this command'))
    .option(
      '--timeout <seconds>',
      'give up when the camera has not answered for this long (erasing flash or loading a model takes seconds)',
      seconds,
      TIMEOUT_SECONDS,
    )
    .addOption(new Option('--json', 'print JSON lines'));
}

/** Like {@link targetCommand}, for a command that uses a `Camera`: it has `withCamera`. */
export function cameraCommand(...command: Parameters<typeof targetCommand>): Command {
  return targetCommand(...command).option('--trace <file>', 'append a trace of the link to this file');
}

/** The option of commands that use frames. */
export function rawOption(): Option {
  return new Option('--raw <width>x<height>', 'get uncompressed frames of this size').argParser(widthAndHeight);
}

/** Runs `work` with the chosen camera to its end, and waits until the port is released, even after an error. */
export async function withCamera(
  options: CameraCommandOptions,
  work: (context: CameraContext) => Observable<unknown>,
): Promise<void> {
  const timeoutMs = options.timeout * 1000;
  const camera = new Camera(await targetTransport(options), {
    reconnect: 'never',
    openTimeoutMs: timeoutMs,
    commandTimeoutMs: timeoutMs + BEHIND_OPENING_MS,
    closeAfterMs: CLOSE_AFTER_MS,
  });
  const trace = options.trace === undefined ? undefined : await traceTo(camera, options.trace);
  try {
    const context = { camera, output: new Output(options.json === true), stop$: interruption(), timeoutMs };
    const work$ = withRawFrames(camera, options.raw, work(context));
    await lastValueFrom(trace ? work$.pipe(takeUntil(trace.failed$)) : work$, { defaultValue: undefined });
  } finally {
    // A camera that can't be closed must not hold up the command. Its error has been reported.
    const closed$ = camera.state$.pipe(
      filter(({ state }) => state === 'closed'),
      take(1),
      timeout(RELEASE_TIMEOUT_MS),
    );
    await firstValueFrom(closed$).catch(() => undefined);
    await trace?.end();
  }
}

/**
 * Makes the camera send uncompressed frames of this size during `work`, and restores the setting afterwards, even after an error.
 * Otherwise the camera would keep it for the next host.
 */
export function withRawFrames<T>(
  camera: Camera,
  raw: { readonly width: number; readonly height: number } | undefined,
  work: Observable<T>,
): Observable<T> {
  if (raw === undefined) return work;
  return merge(camera.stream({ raw }).pipe(ignoreElements()), work).pipe(finalize(() => restore(camera)));
}

function restore(camera: Camera): void {
  camera.state$.pipe(take(1)).subscribe(({ state }) => {
    // Don't reopen a lost link just to restore the setting.
    if (state === 'ready') camera.stream({ raw: false }).subscribe({ error: () => undefined });
  });
}

/** Parses the URL of a WebSocket, `ws://localhost:8787`. */
function webSocketUrl(value: string): string {
  const { protocol = '', hash = '' } = URL.canParse(value) ? new URL(value) : {};
  if (/^wss?:$/.test(protocol) && hash === '') return value;
  throw new InvalidArgumentError('Use a URL as in ws://localhost:8787 or wss://example.org/camera.');
}
