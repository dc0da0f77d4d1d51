import { concatMap, forkJoin, last, map, of, switchMap, throwError, type Observable, type Unsubscribable } from 'rxjs';
import { boardOf } from '../boards.js';
import { OpenMVError } from '../errors.js';
import {
  decodeCapabilities,
  decodeChannelList,
  decodeSystemInfo,
  decodeVersions,
  deviceIdText,
  type SystemInfo,
} from '../wire/payloads/index.js';
import type { CameraSettings } from './camera-options.js';
import { channelInfo } from './channel-info.js';
import { commands, type Command } from './command.js';
import type { Link } from './link.js';
import type { Negotiation } from './negotiation.js';
import { Session } from './session.js';

/**
 * Begins a session: SYNC, capabilities, channel list, versions, system info (PROTOCOL 3, 4).
 *
 * Emits the session and completes. Errors with what a command of it errors with; with `UNSUPPORTED_FIRMWARE` when the
 * camera speaks another major version of the protocol.
 *
 * @param holdOpen keeps the link open, for the session's own commands
 */
export function handshake(
  link: Link,
  settings: CameraSettings,
  negotiation: Negotiation,
  holdOpen: () => Unsubscribable,
): Observable<Session> {
  const ask = <T>(command: Command, decode: (payload: Uint8Array) => T): Observable<T> =>
    link.request(command, settings.openTimeoutMs).pipe(map(({ payload }) => decode(payload)));

  return link.synchronise(settings.openTimeoutMs).pipe(
    last(),
    concatMap(() => ask(commands.getCapabilities(), decodeCapabilities)),
    concatMap((offered) =>
      negotiation
        .settle(link, offered, settings.openTimeoutMs)
        .pipe(map((capabilities) => ({ capabilities, offered }))),
    ),
    concatMap(({ capabilities, offered }) =>
      // The link serves them in this order, one after another.
      forkJoin({
        channels: ask(commands.channelList(), decodeChannelList),
        versions: ask(commands.versions(), decodeVersions),
        system: ask(commands.systemInfo(), decodeSystemInfo),
      }).pipe(
        switchMap(({ channels, versions, system }) => {
          if (versions.protocol.major !== 1) return throwError(() => unsupported(versions.protocol));
          const info = {
            board: boardName(system),
            deviceId: deviceIdText(system),
            versions,
            system,
            capabilities,
          };
          const { commandTimeoutMs, scheduler } = settings;
          const listed = channels.map(channelInfo);
          return of(new Session(link, info, offered, listed, commandTimeoutMs, scheduler, holdOpen));
        }),
      ),
    ),
  );
}

function boardName({ usbVendorId, usbProductId }: SystemInfo): string {
  const [vendor, product] = [usbVendorId, usbProductId].map((id) => id.toString(16).padStart(4, '0'));
  return boardOf(vendor, product)?.board ?? `${vendor}:${product}`;
}

function unsupported({ major, minor, patch }: { major: number; minor: number; patch: number }): OpenMVError {
  return new OpenMVError(
    'UNSUPPORTED_FIRMWARE',
    `the camera speaks version ${major}.${minor}.${patch} of the protocol, this library version 1: update the camera's firmware, or this library`,
  );
}
