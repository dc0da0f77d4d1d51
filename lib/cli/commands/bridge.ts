import { type Command, InvalidArgumentError, Option } from 'commander';
import { lastValueFrom, takeUntil, tap } from 'rxjs';
import { type Address, isLoopback, listenAddress } from '../arguments/address.js';
import { bridge, type BridgeEvent } from '../bridge/bridge.js';
import { targetCommand, type TargetCommandOptions } from '../camera-command.js';
import { interruption } from '../output/interruption.js';
import { Output } from '../output/output.js';
import { targetTransport } from '../arguments/target.js';
import { each } from '../arguments/usage.js';

interface BridgeCommandOptions extends TargetCommandOptions {
  readonly listen: Address;
  readonly token?: string;
  readonly allowOrigin?: readonly string[];
}

/** `bridge`: serves the camera to pages and other computers by WebSocket. */
export function addBridge(program: Command): void {
  targetCommand(
    program,
    'bridge',
    'serve the camera to one WebSocket client at a time, such as a page, until Ctrl-C',
    'openmv-rx bridge --virtual --listen 8787',
  )
    .addOption(
      new Option(
        '--listen <[host:]port>',
        'the address to listen on; 0.0.0.0:8787 is all networks and needs a token; port 0 picks a free port',
      )
        .argParser(listenAddress)
        .default(listenAddress('8787'), '127.0.0.1:8787, this computer only'),
    )
    .addOption(
      new Option('--token <token>', 'the token that clients need, as in webSocket(url, { token })')
        .env('OPENMV_BRIDGE_TOKEN')
        .argParser(token),
    )
    .option(
      '--allow-origin <origin>',
      'let pages from this origin connect, as in https://example.org; pages of localhost always may (may be repeated)',
      each(origin),
    )
    .action(async ({ listen, token: secret, allowOrigin: origins = [], ...options }: BridgeCommandOptions) => {
      if (secret === undefined && !isLoopback(listen.host))
        program.error(`error: anyone who can reach ${listen.host} could use the camera: choose a --token`);
      const output = new Output(options.json === true);
      const access = { origins, ...(secret !== undefined && { token: secret }) };
      const transport = await targetTransport(options);
      const events$ = bridge(transport, { listen, ...access }).pipe(
        tap((event) => output.write(event, eventText(event, transport.name))),
        takeUntil(interruption()),
      );
      await lastValueFrom(events$, { defaultValue: undefined });
    });
}

function eventText(event: BridgeEvent, camera: string): string {
  if ('listening' in event) return `${camera} is at ${event.listening}`;
  if ('connected' in event) return `${event.connected} connected`;
  if ('refused' in event) return `${event.refused} was refused: ${event.reason}`;
  const { disconnected, reason } = event;
  return reason === undefined ? `${disconnected} left` : `${disconnected} was disconnected: ${reason}`;
}

function token(value: string): string {
  if (value === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
}

/** Spells an origin as browsers do. `null` is the origin of files. */
function origin(value: string): string {
  if (value === 'null') return value;
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.href === `${parsed.origin}/`) return parsed.origin;
  throw new InvalidArgumentError('Use an origin without a path, as in https://example.org or http://192.168.1.5:3000.');
}
