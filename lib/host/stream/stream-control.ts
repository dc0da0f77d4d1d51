import { EMPTY, type Observable } from 'rxjs';
import { encodeWords, StreamRequest } from '../../wire/payloads/index.js';
import { commands, type Command } from '../link/command.js';
import type { Session } from '../session/session.js';

/** What the camera's stream shall do. What is left out stays as it is. */
export interface StreamSettings {
  /** Whether frames are published. Once it is set, the program decides, and no longer whether somebody looks at `frames$`. */
  readonly enabled?: boolean;
  /** Uncompressed frames of this size, or `false` for JPEG as the camera's script makes it. */
  readonly raw?: { readonly width: number; readonly height: number } | false;
  /** The chip id of the sensor that is streamed, one of `info().system.sensorChipIds`. */
  readonly source?: number;
}

/** The stream of the session that is there. */
export interface PresentStream {
  readonly session: Session;
  readonly channel: number;
}

/**
 * Sets up the stream as the program and the subscribers of `frames$` want it, in each session anew. Its commands belong to the
 * session, which sends them in the order of the calls, whoever still waits for them.
 */
export class StreamControl {
  #wanted: StreamSettings = {};
  /** The end of what each session was told of the program's wishes. */
  readonly #applied = new WeakMap<Session, Observable<never>>();
  /** The end of switching the stream on for those who look, in the sessions in which it is on for them. */
  readonly #on = new WeakMap<Session, Observable<never>>();
  /** Nobody looks any more, and there was no session to say so. */
  #isOffPending = false;
  /** Counts what the subscribers of `frames$` have asked for. */
  #switches = 0;

  /** Whether the program itself switches the stream on and off. */
  get #isDecided(): boolean {
    return this.#wanted.enabled !== undefined;
  }

  /** Switches the stream on for those who look, unless the program decides that, or it is on: CTRL would drop the frame at hand. */
  switchOn({ session, channel }: PresentStream): Observable<never> {
    this.#isOffPending = false;
    this.#switches++;
    if (this.#isDecided) return EMPTY;
    const on = this.#on.get(session) ?? session.cleanUp(...settingUp(channel, { enabled: true }));
    this.#on.set(session, on);
    on.subscribe({ error: () => this.#on.get(session) === on && this.#on.delete(session) });
    return on;
  }

  /** Switches the stream off again, now or in the next session, unless the program decides that. */
  switchOff(present: PresentStream | undefined): void {
    this.#isOffPending = present === undefined;
    const asked = ++this.#switches;
    if (this.#isDecided || present === undefined) return;
    const { session, channel } = present;
    this.#on.delete(session);
    session.cleanUp(...settingUp(channel, { enabled: false })).subscribe({
      // The session was lost with it: the next one is told.
      error: () => (this.#isOffPending ||= asked === this.#switches),
    });
  }

  /** Asks for settings from now on. */
  want(settings: StreamSettings, present: PresentStream | undefined): void {
    this.#wanted = { ...this.#wanted, ...settings };
    if (present !== undefined) this.#apply(present, settings);
  }

  /** Completes when a session has been told of all that was asked for. */
  applied(session: Session): Observable<never> {
    return this.#applied.get(session) ?? EMPTY;
  }

  /** Tells a new session all that was asked for: a reboot sets it back (PROTOCOL 9). */
  restore(present: PresentStream): void {
    const off = this.#isOffPending && !this.#isDecided ? { enabled: false } : {};
    this.#isOffPending = false;
    this.#apply(present, { ...off, ...this.#wanted });
  }

  #apply({ session, channel }: PresentStream, settings: StreamSettings): void {
    this.#applied.set(session, session.cleanUp(...settingUp(channel, settings)));
  }
}

/** The raw size before raw mode, and on and off last, since that drops the frame at hand. */
function settingUp(channel: number, { raw, source, enabled }: StreamSettings): Command[] {
  const set = (request: number, ...words: number[]): Command =>
    commands.ioctl(channel, request, encodeWords(...words), 'always');
  return [
    ...(raw === undefined || raw === false ? [] : [set(StreamRequest.RAW_CFG, raw.width, raw.height)]),
    ...(raw === undefined ? [] : [set(StreamRequest.RAW_CTRL, raw === false ? 0 : 1)]),
    ...(source === undefined ? [] : [set(StreamRequest.SOURCE, source)]),
    ...(enabled === undefined ? [] : [set(StreamRequest.CTRL, enabled ? 1 : 0)]),
  ];
}
