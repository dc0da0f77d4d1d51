import {
  concatMap,
  defer,
  filter,
  forkJoin,
  last,
  map,
  merge,
  type Observable,
  of,
  scan,
  type SchedulerLike,
  switchMap,
  take,
  throwError,
  timer,
  type Unsubscribable,
} from 'rxjs';
import { boardOf } from '../../boards.js';
import { OpenMVError } from '../../errors.js';
import type { Connection } from '../../transport/transport.js';
import {
  decodeCapabilities,
  decodeChannelList,
  decodeSystemInfo,
  decodeVersions,
  deviceIdText,
  type SystemInfo,
  type Version,
  versionText,
} from '../../wire/payloads/index.js';
import type { CameraSettings } from '../camera-options.js';
import { type Command, commands } from '../link/command.js';
import type { Link } from '../link/link.js';
import { channelInfo } from './channel-info.js';
import type { Negotiation } from './negotiation.js';
import { Session } from './session.js';

/**
 * Begins a session: SYNC, capabilities, channel list, versions, system info (PROTOCOL 3, 4).
 *
 * Emits the session and completes. Errors as its commands do, and with `UNSUPPORTED_FIRMWARE` if the camera uses another major version
 * of the protocol.
 *
 * @param holdOpen keeps the link open for the session's clean-up commands
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
      // The link sends them one after another, in this order.
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

function unsupported(version: Version): OpenMVError {
  return new OpenMVError(
    'UNSUPPORTED_FIRMWARE',
    `the camera uses version ${versionText(version)} of the protocol, and this library uses version 1: update the camera's firmware or this library`,
  );
}

/** Asks firmware before 5.0.0 for its version: command 0x30, request 0x80, for 12 bytes (three u32). */
const ASK_VERSION = Uint8Array.of(0x30, 0x80, 12, 0, 0, 0);
const ANSWER_BYTES = 12;
/** The first firmware with the protocol of this library. */
const FIRST_MAJOR = 5;

/**
 * Asks for the version in the protocol of old firmware. A camera with the current protocol skips the question, because it does not begin with a
 * sync word. Emits the version if old firmware answers; otherwise never completes. Errors if the write fails.
 */
export function oldFirmware(connection: Connection, afterMs: number, scheduler: SchedulerLike): Observable<Version> {
  return defer(() => {
    let asked = false;
    const asking = timer(afterMs, scheduler).pipe(
      switchMap(() => {
        asked = true;
        return connection.write(ASK_VERSION.slice());
      }),
    );
    const answer = connection.bytes$.pipe(
      filter(() => asked),
      scan((all, bytes) => Uint8Array.of(...all, ...bytes.subarray(0, ANSWER_BYTES)), new Uint8Array(0)),
      filter(({ length }) => length >= ANSWER_BYTES),
      take(1),
      map(versionOf),
      filter((version) => version !== undefined),
    );
    return merge(answer, asking);
  });
}

function versionOf(bytes: Uint8Array): Version | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, ANSWER_BYTES);
  const [major, minor, patch] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
  return major > 0 && major < FIRST_MAJOR && minor < 100 && patch < 100 ? { major, minor, patch } : undefined;
}
