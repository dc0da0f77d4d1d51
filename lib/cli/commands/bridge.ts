import { type Command, InvalidArgumentError, Option } from 'commander';
import { lastValueFrom, takeUntil, tap } from 'rxjs';
import type { Address } from '../arguments/address.js';
import { bridge, type BridgeEvent } from '../bridge/bridge.js';
import { isLoopback, listenAddress } from '../bridge/listen-argument.js';
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

/** `bridge`: gives the camera to pages and other computers, which reach it with a WebSocket. */
export function addBridge(program: Command): void {
  targetCommand(
    program,
    'bridge',
    'give the camera to one host at a time that comes with a WebSocket, such as a page, until Ctrl-C',
    'openmv-rx bridge --virtual --listen 8787',
  )
    .addOption(
      new Option(
        '--listen <[host:]port>',
        'where; 0.0.0.0:8787 is all networks, which needs a token; port 0 a free one',
      )
        .argParser(listenAddress)
        .default(listenAddress('8787'), '127.0.0.1:8787, this computer alone'),
    )
    .addOption(
      new Option('--token <token>', 'what a host has to know, as in webSocket(url, { token })')
        .env('OPENMV_BRIDGE_TOKEN')
        .argParser(token),
    )
    .option(
      '--allow-origin <origin>',
      'pages from there may have the camera, as https://example.org (there may be several), beside those of localhost',
      each(origin),
    )
    .action(async ({ listen, token: secret, allowOrigin: origins = [], ...options }: BridgeCommandOptions) => {
      if (secret === undefined && !isLoopback(listen.host))
        program.error(`error: whoever reaches ${listen.host} could have the camera: choose a --token`);
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
  if ('connected' in event) return `${event.connected} has the camera`;
  if ('refused' in event) return `${event.refused} was turned away: ${event.reason}`;
  const { disconnected, reason } = event;
  return reason === undefined ? `${disconnected} has left` : `${disconnected} was sent away: ${reason}`;
}

function token(value: string): string {
  if (value === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
}

/** As browsers spell it; `null` is that of files. */
function origin(value: string): string {
  if (value === 'null') return value;
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.href === `${parsed.origin}/`) return parsed.origin;
  throw new InvalidArgumentError('As in https://example.org or http://192.168.1.5:3000, without a path.');
}
