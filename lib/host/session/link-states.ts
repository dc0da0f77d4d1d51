import { Observable, type Observer, Subscription, timer, type Unsubscribable } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import type { Connection } from '../../transport/transport.js';
import { Opcode } from '../../wire/opcode.js';
import { decodeEvent, SystemEvent, type Version, versionText } from '../../wire/payloads/index.js';
import type { Message } from '../../wire/reassembler.js';
import type { CameraSettings } from '../camera-options.js';
import { Link } from '../link/link.js';
import type { Tracer } from '../link/trace.js';
import { handshake, oldFirmware } from './handshake.js';
import type { Negotiation } from './negotiation.js';
import type { Session } from './session.js';

/** The states of the sessions on one connection. A session lasts until the camera reboots or loses it. */
type LinkState =
  | { readonly state: 'opening'; readonly reason: string }
  | { readonly state: 'ready'; readonly session: Session; readonly reason: string }
  | { readonly state: 'rebooting'; readonly reason: string };

/** After the event of a reboot, the camera needs this time before the protocol starts again (PROTOCOL 9). */
const REBOOT_SETTLES_MS = 100;
/** Limit of events that arrive before the names of the channels are known. */
const MAX_EARLY_EVENTS = 1024;

/**
 * Runs a link over an open connection and begins sessions on it: the first at once, and one after each soft reboot.
 *
 * Emits each state. Never completes. Errors if the camera does not answer. Unsubscribing ends all commands.
 */
export function linkStates(
  connection: Connection,
  settings: CameraSettings,
  negotiation: Negotiation,
  tracer: Tracer,
  holdOpen: () => Unsubscribable,
): Observable<LinkState> {
  return new Observable((subscriber) => {
    const link = new Link(connection, settings.scheduler, tracer, settings);
    let session: Session | undefined;
    const beginning = new SerialSubscription(subscriber);
    const deadline = new SerialSubscription(subscriber);
    const early: Message[] = [];

    let over: { readonly kind: 'resynchronised' | 'rebooted'; readonly cause: string; readonly at: number } | undefined;

    const begin = (reason: string): void => {
      const begun: Observer<Session> = {
        next: (next) => {
          deadline.end();
          asking.unsubscribe();
          session = next;
          if (over !== undefined) {
            const { kind, cause, at } = over;
            over = undefined;
            tracer.statistics[kind === 'rebooted' ? 'reboots' : 'resynchronisations']++;
            tracer.trace({ kind, cause, tookMs: settings.scheduler.now() - at });
          }
          subscriber.next({ state: 'ready', session, reason });
          for (const message of early.splice(0)) session.receive(message);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => undefined,
      };
      beginning.begin(() => handshake(link, settings, negotiation, holdOpen).subscribe(begun));
    };
    const end = (state: LinkState): void => {
      beginning.end();
      if (session !== undefined) {
        deadline.begin(limit);
        const kind = state.state === 'rebooting' ? 'rebooted' : 'resynchronised';
        over = { kind, cause: state.reason, at: settings.scheduler.now() };
      }
      session?.close();
      session = undefined;
      link.abort(state.reason);
      subscriber.next(state);
    };
    /** Limits the time of repeated handshakes. The first handshake shares the deadline of the opening. */
    const limit = (): Subscription =>
      timer(settings.openTimeoutMs, settings.scheduler).subscribe(() =>
        subscriber.error(noAnswer('the camera', settings.openTimeoutMs)),
      );

    const receive = (event: Message): void => {
      // Without a session, the event belongs to the one before. A reboot then only shows as a handshake that fails.
      if (session === undefined) {
        if (early.length < MAX_EARLY_EVENTS) early.push(event);
        return;
      }
      session.receive(event);
      if (!isReboot(event)) return;
      end({ state: 'rebooting', reason: 'the camera reboots, as after each script' });
      beginning.begin(() =>
        timer(REBOOT_SETTLES_MS, settings.scheduler).subscribe(() => begin('the camera is back from its reboot')),
      );
    };
    subscriber.add(
      link.sessionLost$.subscribe((cause) => {
        // The camera has lost its locks and, after a restart, its channels.
        const reason = `synchronising again: ${cause}`;
        end({ state: 'opening', reason });
        begin(reason);
      }),
    );
    subscriber.add(() => session?.close());
    // Ask halfway through the timeout: late enough for a slow camera, early enough for this error to win.
    const asking = oldFirmware(connection, settings.openTimeoutMs / 2, settings.scheduler).subscribe({
      next: (version) => subscriber.error(tooOld(version)),
      error: () => undefined,
    });
    subscriber.add(asking);
    // Added last, so that its teardown, which ends all commands, runs when nothing begins new ones.
    subscriber.add(link.run().subscribe({ next: receive, error: (error: unknown) => subscriber.error(error) }));
    subscriber.next({ state: 'opening', reason: 'asking the camera what it is' });
    begin('connected');
  });
}

function tooOld(version: Version): OpenMVError {
  return new OpenMVError(
    'UNSUPPORTED_FIRMWARE',
    `the camera has firmware ${versionText(version)}, but this library needs 5.0.0 or newer: update it, for example with OpenMV IDE`,
  );
}

function isReboot({ opcode, channel, payload }: Message): boolean {
  return (
    opcode === Opcode.SYS_EVENT &&
    channel === 0 &&
    payload.length >= 2 &&
    decodeEvent(payload) === SystemEvent.SOFT_REBOOT
  );
}

export function noAnswer(name: string, timeoutMs: number): OpenMVError {
  return new OpenMVError(
    'TIMEOUT',
    `${name}: no answer within ${timeoutMs} ms. Is it an OpenMV camera with firmware 5.0.0 or newer? Older firmware uses another protocol`,
  );
}

/** Holds one subscription at a time. A new one ends the one before, and the owner ends both. */
class SerialSubscription {
  #present = Subscription.EMPTY;
  readonly #owner: Subscription;

  constructor(owner: Subscription) {
    this.#owner = owner;
  }

  /** Ends the current subscription and begins another. If the owner is closed, the new one ends at once. */
  begin(subscribe: () => Subscription): void {
    this.end();
    const present = new Subscription();
    this.#present = present;
    this.#owner.add(present);
    present.add(subscribe());
  }

  end(): void {
    this.#owner.remove(this.#present);
    this.#present.unsubscribe();
  }
}
