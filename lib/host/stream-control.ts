import { concat, defer, EMPTY, ignoreElements, ReplaySubject, type Observable } from 'rxjs';
import { encodeWords } from '../wire/payloads/index.js';
import { commands } from './command.js';
import type { Session } from './session.js';

/** What the camera's stream shall do. What is left out stays as it is. */
export interface StreamSettings {
  /** Whether frames are published. Once it is set, the program decides, and no longer whether somebody looks at `frames$`. */
  readonly enabled?: boolean;
  /** Uncompressed frames of this size, or `false` for JPEG as the camera's script makes it. */
  readonly raw?: { readonly width: number; readonly height: number } | false;
  /** The chip id of the sensor that is streamed, one of `info().system.sensorChipIds`. */
  readonly source?: number;
}

/** The requests of the stream's ioctl (PROTOCOL 8). */
const CTRL = 0;
const RAW_CTRL = 1;
const RAW_CFG = 2;
const SOURCE = 3;

/** What the program asked of the stream, to be sent now and restored in each new session. */
export class StreamControl {
  #wanted: StreamSettings = {};
  /** What each session was restored to: how many wishes had been made, and when that was acknowledged. */
  readonly #restored = new WeakMap<Session, { readonly wishes: number; readonly done$: Observable<never> }>();
  #wishes = 0;
  /** Sessions in which it was switched on for those who look. */
  readonly #on = new WeakSet<Session>();

  /** Whether the program itself switches the stream on and off. */
  private get decided(): boolean {
    return this.#wanted.enabled !== undefined;
  }

  /** Switches the stream on for those who look, unless the program decides that, or it is on: CTRL would drop the frame at hand. */
  switchOn(session: Session, channel: number): Observable<never> {
    return defer(() => {
      if (this.decided || this.#on.has(session)) return EMPTY;
      return concat(
        this.send(session, channel, { enabled: true }),
        defer(() => {
          this.#on.add(session);
          return EMPTY;
        }),
      );
    });
  }

  /** Switches the stream off again, unless the program decides that. */
  switchOff(session: Session, channel: number): Observable<never> {
    return defer(() => {
      if (this.decided) return EMPTY;
      this.#on.delete(session);
      return this.send(session, channel, { enabled: false });
    });
  }

  /** Asks for settings from now on. The result sends them to a session, unless that began with them. */
  want(settings: StreamSettings): (session: Session, channel: number) => Observable<never> {
    this.#wanted = { ...this.#wanted, ...settings };
    const wish = ++this.#wishes;
    return (session, channel) => {
      const restored = this.#restored.get(session);
      return restored !== undefined && restored.wishes >= wish ? restored.done$ : this.send(session, channel, settings);
    };
  }

  /** Sends settings: the raw size before raw mode, and on and off last, since that drops the frame at hand. */
  send(session: Session, channel: number, { raw, source, enabled }: StreamSettings): Observable<never> {
    const set = (request: number, ...words: number[]): Observable<never> =>
      session.request(commands.ioctl(channel, request, encodeWords(...words), 'always')).pipe(ignoreElements());
    return concat(
      ...(raw === undefined || raw === false ? [] : [set(RAW_CFG, raw.width, raw.height)]),
      ...(raw === undefined ? [] : [set(RAW_CTRL, raw === false ? 0 : 1)]),
      ...(source === undefined ? [] : [set(SOURCE, source)]),
      ...(enabled === undefined ? [] : [set(CTRL, enabled ? 1 : 0)]),
    );
  }

  /** Sends all that was asked for to a new session: a reboot sets it back (PROTOCOL 9). */
  restore(session: Session, channel: number): void {
    const done$ = new ReplaySubject<never>();
    this.#restored.set(session, { wishes: this.#wishes, done$ });
    this.send(session, channel, this.#wanted).subscribe(done$);
  }
}
