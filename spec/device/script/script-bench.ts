import { BehaviorSubject } from 'rxjs';
import type { Backend, DeviceChannel } from '../../../lib/device/index.js';
import { runScript } from '../../../lib/virtual/script/run-script.js';
import { Clock } from '../clock.js';

/** A script that runs, and what has come of it. */
export interface Running {
  readonly clock: Clock;
  readonly attached: BehaviorSubject<boolean>;
  /** What it has printed. */
  text: string;
  /** `done`, or the message of its error. */
  ended: string | undefined;
  /** The channels that are there. */
  readonly channels: Map<string, Backend>;
  readonly events: string[];
  stop(): void;
}

export function running(source: string): Running {
  const clock = new Clock();
  const attached = new BehaviorSubject(true);
  const script: Running = { clock, attached, text: '', ended: undefined, channels: new Map(), events: [], stop };
  const register = (name: string, backend: Backend) => {
    if (name === 'refused') throw new Error('no id is left');
    script.channels.set(name, backend);
    const channel: Partial<DeviceChannel> = {
      unregister: () => script.channels.delete(name),
      sendEvent: (event) => (script.events.push(`${name}:${event}`), undefined as never),
    };
    return channel as DeviceChannel;
  };
  const print = (text: string) => void (script.text += text);
  const subscription = runScript(source, { print, register, attached$: attached, scheduler: clock }).subscribe({
    complete: () => (script.ended = 'done'),
    error: (error: Error) => (script.ended = error.message),
  });
  function stop() {
    subscription.unsubscribe();
  }
  return script;
}

/** What a script that ends by itself prints, line by line; of one that fails, the last line of its traceback too. */
export function printed(...lines: string[]): string[] {
  const script = running(lines.join('\n'));
  for (let second = 0; second < 60 && script.ended === undefined; second++) script.clock.pass(1000);
  const failure = script.ended === 'done' ? [] : [script.ended?.split('\n').at(-1) ?? 'still running'];
  return [...script.text.split('\n').slice(0, -1), ...failure];
}
