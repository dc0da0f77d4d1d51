import { firstValueFrom } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import { VirtualCamera } from '../../virtual/index.js';
import { tcp } from '../../transport/tcp/index.js';
import type { Transport } from '../../transport/transport.js';
import { udp } from '../../transport/udp/index.js';
import { webSocket } from '../../transport/websocket/index.js';
import type { Address } from './address.js';
import { withAdvice } from '../output/failure.js';
import { loadSerialport } from '../optional-packages.js';

/** Options that choose a camera. */
export interface TargetOptions {
  readonly port?: string;
  readonly baudrate?: number;
  readonly tcp?: Address;
  readonly udp?: Address;
  readonly ws?: string;
  readonly wsToken?: string;
  readonly virtual?: true;
  /** The timeout for an answer of the camera, in seconds. */
  readonly timeout: number;
}

/** Connecting times out before the opening does, because the network's error says more. */
const CONNECT_SHARE = 0.8;

/** Makes the transport of the chosen camera, or of the only one that is plugged in. */
export async function targetTransport(options: TargetOptions): Promise<Transport> {
  if (options.virtual) return new VirtualCamera().transport();
  if (options.tcp)
    return tcp(options.tcp.host, options.tcp.port, {
      connectTimeoutMs: Math.round(CONNECT_SHARE * options.timeout * 1000),
    });
  if (options.udp) return udp(options.udp.host, options.udp.port);
  if (options.ws !== undefined) {
    // Loading `ws` takes time, so load it only if it is needed.
    const { WebSocket } = await import('ws');
    return webSocket(options.ws, { WebSocket, ...(options.wsToken && { token: options.wsToken }) });
  }
  const { serialPort, listCameras } = await loadSerialport();
  const rate = options.baudrate === undefined ? {} : { baudRate: options.baudrate };
  if (options.port !== undefined) return serialPort(options.port, rate);
  let unlistable: OpenMVError | undefined;
  const cameras = await firstValueFrom(listCameras({ onUnlistable: (error) => (unlistable = error) }));
  const usable = cameras.filter(({ bootloader }) => !bootloader);
  const [only, ...others] = usable;
  if (only && others.length === 0) return serialPort(only.path, rate);
  throw new OpenMVError(
    'PORT_UNAVAILABLE',
    unlistable ? cannotChoose(unlistable.message) : choiceOf(usable.map(({ path }) => path)),
  );
}

function choiceOf(paths: readonly string[]): string {
  return paths.length === 0
    ? cannotChoose('no camera is plugged in')
    : `several cameras are plugged in: choose one with --port: ${paths.join(', ')}`;
}

function cannotChoose(why: string): string {
  return withAdvice(why, 'choose a port with --port PATH, an address with --tcp, --udp or --ws, or use --virtual');
}
