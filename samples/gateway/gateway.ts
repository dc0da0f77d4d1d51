import { type Camera } from 'openmv-rx';
import { tcpServer } from 'openmv-rx/tcp';
import { finalize, ignoreElements, merge, mergeMap, type Observable, of, switchMap } from 'rxjs';
import { hostSession } from './host-session.js';

/**
 * Shares one camera among all hosts that connect by TCP.
 *
 * Cold: keeps the camera and the port open while it is subscribed to. Emits the address when it listens. Errors when the
 * port is in use or the camera is lost for good.
 */
export function gateway(camera: Camera, port: number, listenAt = '127.0.0.1'): Observable<string> {
  // This subscription keeps the camera open even while no host is connected.
  const held$ = camera.events$.pipe(ignoreElements());
  const served$ = camera
    .info()
    .pipe(
      switchMap((info) =>
        tcpServer(port, { host: listenAt }).pipe(
          switchMap(({ address, hosts$ }) =>
            merge(
              of(address),
              hosts$.pipe(mergeMap((host) => hostSession(host, camera, info).pipe(finalize(() => host.close())))),
            ),
          ),
        ),
      ),
    );
  return merge(held$, served$);
}
