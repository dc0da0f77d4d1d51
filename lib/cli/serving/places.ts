import type { Command } from 'commander';
import { merge, type Observable } from 'rxjs';
import { checkAddress } from '../../transport/address.js';
import { type Place, type Serve, servedAtPty, servedAtTcp, servedAtUdp } from './served-camera.js';
import { each, orWrongUsage, wholeNumber } from '../arguments/usage.js';

/** Options that say where cameras are served. */
export interface PlaceWords {
  readonly pty?: readonly string[];
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
  readonly host?: string;
}

/** Adds the options that say where cameras are served. */
export function withPlaces(command: Command): Command {
  const port = wholeNumber(0, 65_535);
  return command
    .option('--pty <link>', 'as a serial port at this path, which is made (needs socat)', each(String))
    .option('--tcp <port>', 'by TCP, to one host at a time; 0 takes a free port', each(port))
    .option('--udp <port>', 'by UDP, to whoever wrote last; 0 takes a free port', each(port))
    .option('--host <address>', 'where to listen; 0.0.0.0 is all networks (default: 127.0.0.1, this computer alone)');
}

/** Ends the command where what these options say can't be done. */
export function checkPlaces(program: Command, { pty = [], tcp = [], udp = [], host }: PlaceWords): void {
  if (pty.length + tcp.length + udp.length === 0)
    program.error('error: where is it to be served? --pty LINK, --tcp PORT or --udp PORT');
  if (new Set(pty).size < pty.length) program.error('error: each --pty needs a path of its own');
  if (host === undefined) return;
  if (tcp.length + udp.length === 0) program.error('error: --host says where --tcp and --udp listen');
  orWrongUsage(program, () => checkAddress(host, 0, 0));
}

/** Serves a camera of its own at each place. */
export function servedAt(
  { pty = [], tcp = [], udp = [], host }: PlaceWords,
  camera: (way: 'usb' | 'tcp' | 'udp') => Serve,
): Observable<Place> {
  return merge(
    ...pty.map((link) => servedAtPty(link, camera('usb'))),
    ...tcp.map((port) => servedAtTcp(port, host, camera('tcp'))),
    ...udp.map((port) => servedAtUdp(port, host, camera('udp'))),
  );
}
