import { concat, exhaustMap, finalize, merge, mergeMap, type Observable, of, repeat, switchMap, takeWhile } from 'rxjs';
import { tcpServer } from '../../transport/tcp/index.js';
import type { Connection } from '../../transport/transport.js';
import { udpServer } from '../../transport/udp/index.js';
import { servedPty } from './served-pty.js';

/** The place where a camera is served. */
export type Place = { readonly pty: string } | { readonly tcp: string } | { readonly udp: string };

/** A place, for people. */
export function placeText(place: Place): string {
  if ('pty' in place) return place.pty;
  return 'tcp' in place ? `tcp://${place.tcp}` : `udp://${place.udp}`;
}

/** Serves a connection; completes when the host, or the camera, has ended it. */
export type Serve = (connection: Connection) => Observable<never>;

/** As a serial port at `link`. Emits its place each time that it is there: a camera that starts anew leaves it for a moment. */
export function servedAtPty(link: string, serve: Serve): Observable<Place> {
  return servedPty(link)
    .open()
    .pipe(
      exhaustMap((connection) => concat(of({ pty: link }), serve(connection), of(undefined))),
      takeWhile((place) => place !== undefined),
      repeat(),
    );
}

/** To one host at a time, as a serial port is: another one is turned away. A camera that starts anew turns its host away. */
export function servedAtTcp(port: number, host: string | undefined, serve: Serve): Observable<Place> {
  return tcpServer(port, { ...(host !== undefined && { host }), maxHosts: 1 }).pipe(
    switchMap(({ address, hosts$ }) => {
      const sessions$ = hosts$.pipe(mergeMap((one) => serve(one).pipe(finalize(() => one.close()))));
      return merge(of({ tcp: address }), sessions$);
    }),
  );
}

/** To whoever writes, the last of whom is answered (PROTOCOL 12). A camera that starts anew goes on at once. */
export function servedAtUdp(port: number, host: string | undefined, serve: Serve): Observable<Place> {
  return udpServer(port, { ...(host !== undefined && { host }) }).pipe(
    switchMap((hosts) => merge(of({ udp: hosts.address }), serve(hosts).pipe(repeat({ delay: 0 })))),
  );
}
