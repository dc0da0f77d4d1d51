import { EMPTY, type Observable } from 'rxjs';
import { encodeWords, StreamRequest } from '../../wire/payloads/index.js';
import { commands, type Command } from '../link/command.js';
import type { Session } from '../session/session.js';

/** Settings of the camera's stream. Settings that you leave out stay as they are. */
export interface StreamSettings {
  /** Switches the stream on or off. Once you set it, subscribers of `frames$` no longer switch the stream. */
  readonly enabled?: boolean;
  /** `{ width, height }` for uncompressed frames of this size, `false` for frames as the script makes them, usually JPEG. */
  readonly raw?: { readonly width: number; readonly height: number } | false;
  /** The chip id of the sensor to stream, one of `info().system.sensorChipIds`. */
  readonly source?: number;
}

/** The stream of the current session. */
export interface PresentStream {
  readonly session: Session;
  readonly channel: number;
}

/**
 * Sets up the stream as the program and the subscribers of `frames$` require, in each session. The commands belong to the session: it
 * sends them in the order of the calls, even if their subscribers leave.
 */
export class StreamControl {
  #wanted: StreamSettings = {};
  /** For each session, completes when the program's settings have been applied. */
  readonly #applied = new WeakMap<Session, Observable<never>>();
  /** For each session with a stream that subscribers of `frames$` switched on, completes when it is on. */
  readonly #on = new WeakMap<Session, Observable<never>>();
  /** True if the last subscriber of `frames$` left while there was no session. */
  #isOffPending = false;
  /** Counts how often subscribers of `frames$` have switched the stream. */
  #switches = 0;

  /** True if the program itself switches the stream on and off. */
  get #isDecided(): boolean {
    return this.#wanted.enabled !== undefined;
  }

  /** Switches the stream on for subscribers, unless the program decides that. Sends nothing if it is on: CTRL would drop the current frame. */
  switchOn({ session, channel }: PresentStream): Observable<never> {
    this.#isOffPending = false;
    this.#switches++;
    if (this.#isDecided) return EMPTY;
    const on = this.#on.get(session) ?? session.cleanUp(...settingUp(channel, { enabled: true }));
    this.#on.set(session, on);
    on.subscribe({ error: () => this.#on.get(session) === on && this.#on.delete(session) });
    return on;
  }

  /** Switches the stream off, now or in the next session, unless the program decides that. */
  switchOff(present: PresentStream | undefined): void {
    this.#isOffPending = present === undefined;
    const asked = ++this.#switches;
    if (this.#isDecided || present === undefined) return;
    const { session, channel } = present;
    this.#on.delete(session);
    session.cleanUp(...settingUp(channel, { enabled: false })).subscribe({
      // The command was lost with its session: the next session sends it.
      error: () => (this.#isOffPending ||= asked === this.#switches),
    });
  }

  /** Applies settings to this session and all later ones. */
  want(settings: StreamSettings, present: PresentStream | undefined): void {
    this.#wanted = { ...this.#wanted, ...settings };
    if (present !== undefined) this.#apply(present, settings);
  }

  /** Completes when all settings have been applied to a session. */
  applied(session: Session): Observable<never> {
    return this.#applied.get(session) ?? EMPTY;
  }

  /** Applies all settings to a new session, because a reboot resets them (PROTOCOL 9). */
  restore(present: PresentStream): void {
    const off = this.#isOffPending && !this.#isDecided ? { enabled: false } : {};
    this.#isOffPending = false;
    this.#apply(present, { ...off, ...this.#wanted });
  }

  #apply({ session, channel }: PresentStream, settings: StreamSettings): void {
    this.#applied.set(session, session.cleanUp(...settingUp(channel, settings)));
  }
}

/** The raw size comes before raw mode, and CTRL comes last, because it drops the current frame. */
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
