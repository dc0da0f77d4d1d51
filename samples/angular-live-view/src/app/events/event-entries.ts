import type { CameraEvent } from 'openmv-rx';
import type { Entry } from '../log/entry';
import { eventWords, timeOfDay } from './event-words';

/** A line of the event log. */
export interface EventEntry extends Entry {
  readonly words: string;
  readonly first: number;
  readonly last: number;
  readonly times: number;
}

/** An event of a channel that is repeated sooner than this is counted. */
const MOMENTS_MS = 2000;

/**
 * Adds an event to a log, and drops the oldest lines beyond the limit. A channel may send an event for each value, so events of one kind that
 * repeat within moments become one line with the first time and a count, even with events of other channels in between.
 */
export function withEvent(entries: readonly EventEntry[], event: CameraEvent, most: number): readonly EventEntry[] {
  const { kind, receivedAt: last } = event;
  const words = eventWords(event);
  const known = entries.find((entry) => kind === 'channel' && entry.words === words && last - entry.last < MOMENTS_MS);
  if (known) {
    const again = shown({ ...known, last, times: known.times + 1 });
    return entries.map((entry) => (entry === known ? again : entry));
  }
  const id = (entries.at(-1)?.id ?? 0) + 1;
  return [...entries.slice(-most + 1), shown({ id, words, first: last, last, times: 1 })];
}

function shown(entry: Omit<EventEntry, 'text'>): EventEntry {
  const text = `${timeOfDay(entry.first)}  ${entry.words}`;
  return { ...entry, text: entry.times === 1 ? text : `${text} × ${entry.times}` };
}
