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

/** Options that every command has that reaches for a camera. */
export interface TargetCommandOptions extends TargetOptions {
  readonly json?: true;
}

/** Options that every command has that works with a camera itself. */
export interface CameraCommandOptions extends TargetCommandOptions {
  readonly raw?: { readonly width: number; readonly height: number };
  readonly trace?: string;
}

/** The camera of a command, and its output. */
export interface CameraContext {
  readonly camera: Camera;
  readonly output: Output;
  /** Tells when the command is to end early. */
  readonly stop$: ReturnType<typeof interruption>;
  /** The longest silence of the camera before the command gives up. */
  readonly timeoutMs: number;
}

/** The port at which cameras listen for UDP (PROTOCOL 12). */
const UDP_PORT = 5555;

/** Long enough for a camera that erases flash or loads a model, which takes some six seconds. */
const TIMEOUT_SECONDS = 10;
/** A command waits longer than the opening, because the error of the opening says more. */
const BEHIND_OPENING_MS = 500;
const CLOSE_AFTER_MS = 50;
const RELEASE_TIMEOUT_MS = 1500;

/**
 * Adds a command, with the options that choose its camera.
 *
 * @param example lines for a shell, at the end of its help
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
      new Option('--baudrate <n>', 'bits a second of the serial port; default 921600, as over USB')
        .conflicts(notSerial)
        .argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--tcp <host:port>', 'the camera in the network that is served there by TCP')
        .conflicts(['udp', 'ws', 'virtual'])
        .argParser(hostAndPort()),
    )
    .addOption(
      new Option('--udp <host[:port]>', `the camera in the network that speaks UDP; default port ${UDP_PORT}`)
        .conflicts(['ws', 'virtual'])
        .argParser(hostAndPort(UDP_PORT)),
    )
    .addOption(
      new Option('--ws <url>', 'the camera of a bridge, as ws://localhost:8787')
        .conflicts('virtual')
        .argParser(webSocketUrl),
    )
    .addOption(new Option('--ws-token <token>', 'what that bridge wants to know').env('OPENMV_BRIDGE_TOKEN'))
    .addOption(new Option('--virtual', 'a virtual camera inside this command'))
    .option(
      '--timeout <seconds>',
      'give up when the camera does not answer for this long, as while it erases flash or loads a model',
      seconds,
      TIMEOUT_SECONDS,
    )
    .addOption(new Option('--json', 'print JSON lines'));
}

/** Adds a command that works with a camera itself, by `withCamera`. Otherwise as {@link targetCommand}. */
export function cameraCommand(...command: Parameters<typeof targetCommand>): Command {
  return targetCommand(...command).option('--trace <file>', 'write what happens on the link to the end of this file');
}

/** The option of commands that look at frames. */
export function rawOption(): Option {
  return new Option('--raw <width>x<height>', 'frames that are not compressed, of this size').argParser(widthAndHeight);
}

/** Runs `work` to its end with the chosen camera, and waits until its port is released, however it ended. */
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
    // A camera that does not let itself be switched off must not hold up the command: what it cost is in its error.
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
 * Has the camera send frames that are not compressed, of this size, while `work` goes on, and as before when that is over, however it
 * ended: the camera would keep it for the next host.
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
  throw new InvalidArgumentError('As in ws://localhost:8787 or wss://example.org/camera.');
}
