import { EMPTY, first, Observable, Subscription, switchMap } from 'rxjs';
import { OpenMVError } from '../errors.js';
import { PendingSettings, type Setting } from './pending-settings.js';

/** The channel that settings are written to. */
export interface SettingChannel {
  /** Emits the bytes of the largest write. */
  readonly limit$: Observable<number>;
  readonly write: (records: Uint8Array, options: { readonly atLeastOnce: boolean }) => Observable<unknown>;
}

/** A write in progress. It first waits for its limit, and then takes the settings that fit. */
interface Write {
  readonly settings: Set<Setting>;
  readonly running: Subscription;
  writing: boolean;
}

/** More settings than a program has widgets. */
const MAX_WAITING = 1024;

/**
 * Writes settings of widgets, one write at a time. Settings that arrive during a write are joined to the next one, with the
 * latest value of each widget. A click is written once and alone, and keeps its order among the settings. A setting without a
 * subscriber is removed, and a write without any subscriber is cancelled.
 */
export class SettingQueue {
  readonly #target: SettingChannel;
  readonly #channel: string;
  readonly #pending = new PendingSettings();
  #current: Write | undefined;
  #advancing = false;

  constructor(target: SettingChannel, channel: string) {
    this.#target = target;
    this.#channel = channel;
  }

  /**
   * Cold. Emits `undefined` and completes when the write with this value, or a later one of the same widget, is acknowledged.
   * A click waits for its own write. Errors as that write does, with `TOO_LARGE` if the setting does not fit a write, and with
   * `QUEUE_FULL` when 1024 settings wait.
   */
  enqueue({ kind, name, value }: Pick<Setting, 'kind' | 'name' | 'value'>): Observable<void> {
    return new Observable((subscriber) => {
      if (this.#pending.count >= MAX_WAITING) {
        const message = `${MAX_WAITING} settings already wait for channel '${this.#channel}': wait for some of them first`;
        subscriber.error(new OpenMVError('QUEUE_FULL', message));
        return;
      }
      const setting: Setting = { kind, name, value, subscriber };
      this.#pending.add(setting);
      subscriber.add(() => this.#withdraw(setting));
      this.#advance();
    });
  }

  /** Removes a setting that is done or unsubscribed, and cancels a write that no subscriber waits for. */
  #withdraw(setting: Setting): void {
    const write = this.#current;
    const wasPending = this.#pending.remove(setting);
    const wasInWrite = write?.settings.delete(setting) ?? false;
    if (write === undefined || !(wasPending || wasInWrite)) return;
    if (write.writing ? write.settings.size > 0 : this.#pending.count > 0) return;
    this.#current = undefined;
    write.running.unsubscribe();
    this.#advance();
  }

  /** Starts writes in a loop, because writes that end at once would recurse deeply. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#current === undefined && this.#pending.count > 0) this.#start();
    this.#advancing = false;
  }

  #start(): void {
    const write: Write = { settings: new Set(), running: new Subscription(), writing: false };
    this.#current = write;
    const end = (report: (setting: Setting) => void): void => {
      this.#current = undefined;
      // An error before the limit arrived means that there is no link, so it ends the waiting settings too.
      for (const setting of write.writing ? [...write.settings] : this.#pending.takeAll()) report(setting);
      this.#advance();
    };
    write.running.add(
      this.#target.limit$
        .pipe(
          first(),
          switchMap((limit) => this.#send(write, limit)),
        )
        .subscribe({
          error: (error: unknown) => end(({ subscriber }) => subscriber.error(error)),
          complete: () =>
            end(({ subscriber }) => {
              subscriber.next();
              subscriber.complete();
            }),
        }),
    );
  }

  #send(write: Write, limit: number): Observable<unknown> {
    const { kind, bytes, settings, tooLarge } = this.#pending.take(limit);
    write.writing = true;
    for (const setting of settings) write.settings.add(setting);
    for (const { setting, bytes: length } of tooLarge) {
      const message = `cannot set widget '${setting.name}' of channel '${this.#channel}': it takes ${length} bytes, and a write has at most ${limit}`;
      setting.subscriber.error(new OpenMVError('TOO_LARGE', message));
    }
    return bytes.length === 0 ? EMPTY : this.#target.write(bytes, { atLeastOnce: kind === 'value' });
  }
}
