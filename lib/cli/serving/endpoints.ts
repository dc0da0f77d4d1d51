import type { Command } from 'commander';
import { given } from '../../arguments.js';
import { concat, exhaustMap, finalize, merge, mergeMap, type Observable, of, repeat, switchMap, takeWhile } from 'rxjs';
import { checkAddress } from '../../transport/address.js';
import { tcpServer } from '../../transport/tcp/index.js';
import type { Connection } from '../../transport/transport.js';
import { udpServer } from '../../transport/udp/index.js';
import { each, orWrongUsage, wholeNumber } from '../arguments/usage.js';
import { ptyServer } from './pty-server.js';

/** Options that say where cameras are served. */
export interface EndpointOptions {
  readonly pty?: readonly string[];
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
  readonly host?: string;
}

/** The kind of an endpoint. */
export type EndpointKind = 'usb' | 'tcp' | 'udp';

/** The address of a served camera. */
export type Endpoint = { readonly pty: string } | { readonly tcp: string } | { readonly udp: string };

/** Serves a connection. Completes when the host or the camera has ended it. */
export type Serve = (connection: Connection) => Observable<never>;

/** Adds the options that say where cameras are served. */
export function withEndpoints(command: Command): Command {
  const port = wholeNumber(0, 65_535);
  return command
    .option('--pty <link>', 'serve a serial port and create a link to it at this path (needs socat)', each(String))
    .option('--tcp <port>', 'serve one host at a time by TCP; port 0 picks a free port', each(port))
    .option('--udp <port>', 'serve the host that wrote last by UDP; port 0 picks a free port', each(port))
    .option(
      '--host <address>',
      'the address to listen on; 0.0.0.0 is all networks (default: 127.0.0.1, this computer only)',
    );
}

/** Ends the command with wrong usage if cameras can't be served like that. */
export function checkEndpoints(program: Command, { pty = [], tcp = [], udp = [], host }: EndpointOptions): void {
  if (pty.length + tcp.length + udp.length === 0)
    program.error('error: say where to serve: --pty LINK, --tcp PORT or --udp PORT');
  if (new Set(pty).size < pty.length) program.error('error: each --pty needs its own path');
  if (host === undefined) return;
  if (tcp.length + udp.length === 0) program.error('error: --host needs --tcp or --udp');
  orWrongUsage(program, () => checkAddress(host, 0, 0));
}

/** Serves a separate camera at each endpoint. Emits an endpoint each time that it can be used. */
export function serveAt(
  { pty = [], tcp = [], udp = [], host }: EndpointOptions,
  camera: (kind: EndpointKind) => Serve,
): Observable<Endpoint> {
  return merge(
    ...pty.map((link) => servePty(link, camera('usb'))),
    ...tcp.map((port) => serveTcp(port, host, camera('tcp'))),
    ...udp.map((port) => serveUdp(port, host, camera('udp'))),
  );
}

/** The endpoint, for people. */
export function endpointText(endpoint: Endpoint): string {
  if ('pty' in endpoint) return endpoint.pty;
  return 'tcp' in endpoint ? `tcp://${endpoint.tcp}` : `udp://${endpoint.udp}`;
}

/** Serves a serial port at `link`. A camera that restarts removes the link for a moment. */
function servePty(link: string, serve: Serve): Observable<Endpoint> {
  return ptyServer(link)
    .open()
    .pipe(
      exhaustMap((connection) => concat(of({ pty: link }), serve(connection), of(undefined))),
      takeWhile((endpoint) => endpoint !== undefined),
      repeat(),
    );
}

/** Serves one host at a time, as a serial port does. A camera that restarts disconnects its host. */
function serveTcp(port: number, host: string | undefined, serve: Serve): Observable<Endpoint> {
  return tcpServer(port, { ...given({ host }), maxHosts: 1 }).pipe(
    switchMap(({ address, hosts$ }) => {
      const sessions$ = hosts$.pipe(mergeMap((one) => serve(one).pipe(finalize(() => one.close()))));
      return merge(of({ tcp: address }), sessions$);
    }),
  );
}

/** Answers the host that wrote last (PROTOCOL 12). A camera that restarts continues at once. */
function serveUdp(port: number, host: string | undefined, serve: Serve): Observable<Endpoint> {
  return udpServer(port, given({ host })).pipe(
    switchMap((hosts) => merge(of({ udp: hosts.address }), serve(hosts).pipe(repeat({ delay: 0 })))),
  );
}
