import { type Command, Option } from 'commander';
import { filter, firstValueFrom, lastValueFrom, type Observable, take, timeout } from 'rxjs';
import { Camera } from '../index.js';
import { hostAndPort } from './address-argument.js';
import { withExample } from './example.js';
import { interruption } from './interruption.js';
import { Output } from './output.js';
import { targetTransport, type TargetOptions } from './target.js';
import { seconds } from './usage.js';

/** Options that every command with a camera has. */
export interface CameraCommandOptions extends TargetOptions {
  readonly json?: true;
}

/** What a command works with. */
export interface CameraContext {
  readonly camera: Camera;
  readonly output: Output;
  /** When the command is to end early. */
  readonly stop$: ReturnType<typeof interruption>;
  /** The longest silence of the camera before the command gives up. */
  readonly timeoutMs: number;
}

/** Where cameras listen for UDP (PROTOCOL 12). */
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
export function cameraCommand(
  program: Command,
  nameAndArguments: string,
  description: string,
  ...example: readonly string[]
): Command {
  return withExample(program.command(nameAndArguments), ...example)
    .description(description)
    .addOption(new Option('--port <path>', 'the serial port of the camera').conflicts(['tcp', 'udp', 'virtual']))
    .addOption(
      new Option('--tcp <host:port>', 'the camera in the network that is served there by TCP')
        .conflicts(['udp', 'virtual'])
        .argParser(hostAndPort()),
    )
    .addOption(
      new Option('--udp <host[:port]>', `the camera in the network that speaks UDP; default port ${UDP_PORT}`)
        .conflicts('virtual')
        .argParser(hostAndPort(UDP_PORT)),
    )
    .addOption(new Option('--virtual', 'a virtual camera inside this command'))
    .option(
      '--timeout <seconds>',
      'give up when the camera does not answer for this long, as while it erases flash or loads a model',
      seconds,
      TIMEOUT_SECONDS,
    )
    .addOption(new Option('--json', 'print JSON lines'));
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
  try {
    const context = { camera, output: new Output(options.json === true), stop$: interruption(), timeoutMs };
    await lastValueFrom(work(context), { defaultValue: undefined });
  } finally {
    // A camera that does not let itself be switched off must not hold up the command: what it cost is in its error.
    const closed$ = camera.state$.pipe(
      filter(({ state }) => state === 'closed'),
      take(1),
      timeout(RELEASE_TIMEOUT_MS),
    );
    await firstValueFrom(closed$).catch(() => undefined);
  }
}
