import { type MonoTypeOperatorFunction, type Observable, type SchedulerLike, Subject, tap } from 'rxjs';
import { isObject, requireArgument } from '../../arguments.js';
import { Flag } from '../../wire/flags.js';
import { opcodeName } from '../../wire/opcode.js';
import type { Discarded, Header, Packet } from '../../wire/packet.js';
import type { CameraState } from '../camera-info.js';
import { timeOfDay } from '../monotonic-scheduler.js';

/** A packet's header and the length of its payload, in bytes. */
export type TracedPacket = Header & { readonly length: number };

/** An event on the link. Times are in milliseconds. */
export type TraceEvent =
  | { readonly kind: 'sent' | 'received'; readonly packet: TracedPacket }
  /** Bytes that form no intact packet. */
  | { readonly kind: 'rejected'; readonly discarded: Discarded }
  /** A command is sent again after no reply or a refusal: with the same sequence number (RTX) or with a new one. */
  | { readonly kind: 'repeated'; readonly packet: TracedPacket; readonly cause: string; readonly afterMs: number }
  /** A packet that did not arrive is acknowledged, so that the camera continues behind it (PROTOCOL 5a). */
  | { readonly kind: 'poked'; readonly packet: TracedPacket; readonly afterMs: number }
  /** A command that had to be repeated has ended. */
  | { readonly kind: 'recovered'; readonly packet: TracedPacket; readonly tookMs: number }
  /** A new session began on the same connection. */
  | { readonly kind: 'resynchronised' | 'rebooted'; readonly cause: string; readonly tookMs: number }
  /** The port was lost; it is open again and the camera is ready. */
  | { readonly kind: 'reconnected'; readonly cause: string; readonly tookMs: number }
  | { readonly kind: 'state'; readonly state: CameraState };

/** One entry of `camera.trace$`: the event and its time on the camera's scheduler. */
export type TraceEntry = TraceEvent & { readonly at: number };

/** Counts what happens on a camera's links, and emits it as trace entries. Holds the counts. */
export class Tracer {
  readonly statistics = emptyStatistics();
  readonly #entries$ = new Subject<TraceEntry>();
  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  get entries$(): Observable<TraceEntry> {
    return this.#entries$.asObservable();
  }

  /** Whether anybody subscribes to the trace. If not, do not prepare entries for it. */
  get observed(): boolean {
    return this.#entries$.observed;
  }

  trace(event: TraceEvent): void {
    if (this.#entries$.observed) this.#entries$.next({ ...event, at: timeOfDay(this.#scheduler) });
  }

  snapshot(): LinkStatistics {
    return { ...this.statistics, rejected: { ...this.statistics.rejected } };
  }
}

/** Counts and traces each packet and each rejection, and passes it on. */
export function traced(tracer: Tracer): MonoTypeOperatorFunction<Packet | Discarded> {
  const { statistics } = tracer;
  return tap((unit) => {
    if (unit.kind === 'discarded') {
      statistics.rejected[unit.reason]++;
      tracer.trace({ kind: 'rejected', discarded: unit });
      return;
    }
    statistics.receivedPackets++;
    if ((unit.flags & Flag.RTX) !== 0) statistics.receivedRepeats++;
    if (!tracer.observed) return;
    const { sequence, channel, flags, opcode, payload } = unit;
    tracer.trace({ kind: 'received', packet: { sequence, channel, flags, opcode, length: payload.length } });
  });
}

/**
 * Formats an entry as one line of text.
 *
 * @example
 * ```ts
 * import { traceLine, type Camera } from 'openmv-rx';
 *
 * const log = (camera: Camera) => camera.trace$.subscribe((entry) => console.error(traceLine(entry)));
 * ```
 */
export function traceLine(entry: TraceEntry): string {
  requireArgument(isObject(entry) && Number.isFinite(entry.at), 'traceLine takes an entry of trace$', entry);
  return `${entry.at.toFixed(0)} ${words(entry)}`;
}

function words(entry: TraceEvent): string {
  switch (entry.kind) {
    case 'sent':
    case 'received':
      return `${entry.kind} ${packetWords(entry.packet)}`;
    case 'rejected':
      return `rejected ${entry.discarded.bytes} bytes: ${entry.discarded.reason}`;
    case 'repeated':
      return `repeated ${packetWords(entry.packet)} after ${entry.afterMs.toFixed(0)} ms: ${entry.cause}`;
    case 'poked':
      return `poked for ${packetWords(entry.packet)} after ${entry.afterMs.toFixed(0)} ms`;
    case 'recovered':
      return `recovered ${packetWords(entry.packet)} in ${entry.tookMs.toFixed(0)} ms`;
    case 'resynchronised':
    case 'rebooted':
    case 'reconnected':
      return `${entry.kind} in ${entry.tookMs.toFixed(0)} ms: ${entry.cause}`;
    case 'state':
      return `${entry.state.state}: ${entry.state.reason}`;
  }
}

function packetWords({ opcode, channel, sequence, flags, length }: TracedPacket): string {
  return `${opcodeName(opcode)} channel ${channel} sequence ${sequence} flags 0x${flags.toString(16).padStart(2, '0')} ${length} bytes`;
}

/** The counts of a camera object on all its links so far. */
export interface LinkStatistics {
  readonly sentPackets: number;
  readonly sentBytes: number;
  readonly receivedPackets: number;
  readonly receivedBytes: number;
  /** Packets that the camera repeated. */
  readonly receivedRepeats: number;
  /** Rejections by reason. */
  readonly rejected: Readonly<Record<Discarded['reason'], number>>;
  /** Commands that were repeated. */
  readonly repeatedCommands: number;
  /** Number of times that lost packets were acknowledged, so that the camera continues. */
  readonly pokes: number;
  /** Frames of `frames$` that were lost because a part of them was, after they were unlocked. */
  readonly lostFrames: number;
  /** New sessions on the same connection, after the camera had lost the one before. */
  readonly resynchronisations: number;
  /** Soft reboots of the camera. */
  readonly reboots: number;
  /** Number of times that the port was lost and opened again. */
  readonly reconnections: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends number ? number : { -readonly [R in keyof T[K]]: number } };

function emptyStatistics(): Mutable<LinkStatistics> {
  return {
    sentPackets: 0,
    sentBytes: 0,
    receivedPackets: 0,
    receivedBytes: 0,
    receivedRepeats: 0,
    rejected: { garbage: 0, header: 0, 'too-long': 0, payload: 0, incomplete: 0 },
    repeatedCommands: 0,
    pokes: 0,
    lostFrames: 0,
    resynchronisations: 0,
    reboots: 0,
    reconnections: 0,
  };
}
