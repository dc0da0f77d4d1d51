import { isObservable, type Observable } from 'rxjs';
import { Flag } from '../../wire/flags.js';
import type { Header, Packet } from '../../wire/packet.js';
import { encodeStatus } from '../../wire/payloads/index.js';
import type { Answer } from '../backend.js';

/** A packet to be sent, before it has its sequence number. */
export type Unnumbered = Omit<Packet, 'kind' | 'sequence' | 'payload'> & { readonly payload: Uint8Array };

/** The same with its number. */
export type Numbered = Unnumbered & { readonly sequence: number };

/** An answer of a back-end that is not there yet. */
export type Pending = Observable<unknown> | PromiseLike<unknown>;

/** Sends one packet and waits for its acknowledgement where it asks for one. */
export interface SendEffect {
  readonly kind: 'send';
  readonly packet: Unnumbered;
  /** Lets the task go on although the session was reset while this packet waited, as a `read` does (PROTOCOL 5). */
  readonly goesOn?: boolean;
  /** The payload of a repeat, which keeps the CRC of the first one: it is read where it stands (PROTOCOL 5). */
  readonly payloadNow?: () => Uint8Array;
}

/** What a task asks of its session: to send a packet, or to wait until a back-end has answered. */
export type Effect = SendEffect | { readonly kind: 'settle'; readonly answer: Pending };

/** The execution of a command: it decides, the session sends, waits and resumes it, or drops it when it is reset. */
export type Task<T = void> = Generator<Effect, T, unknown>;

type Command = Pick<Header, 'opcode' | 'channel'>;

/** The value of an answer, at once where it is there at once. */
export function* settled<T>(answer: Answer<T>): Task<T> {
  if (isObservable(answer) || isPromise(answer)) return (yield { kind: 'settle', answer }) as T;
  return answer;
}

function isPromise<T>(answer: Answer<T>): answer is PromiseLike<T> {
  return typeof (answer as Partial<PromiseLike<T>> | undefined)?.then === 'function';
}

/** ACK: success without data (PROTOCOL 3). */
export function* accept({ opcode, channel }: Command): Task {
  yield { kind: 'send', packet: { opcode, channel, flags: Flag.ACK, payload: NO_BYTES } };
}

export function* refuse({ opcode, channel }: Command, status: number): Task {
  yield { kind: 'send', packet: { opcode, channel, flags: Flag.NAK, payload: encodeStatus(status) } };
}

/** Data in as many fragments as it takes: `length` bytes in any case, zeros behind the end of the payload. */
export function* answer(command: Command, maxPayload: number, payload: Uint8Array, length = payload.length): Task {
  const { opcode, channel } = command;
  let from = 0;
  do {
    const to = Math.min(from + maxPayload, length);
    const flags = to < length ? Flag.FRAGMENT : 0;
    yield { kind: 'send', packet: { opcode, channel, flags, payload: part(payload, from, to) } };
    from = to;
  } while (from < length);
}

function part(payload: Uint8Array, from: number, to: number): Uint8Array {
  if (to <= payload.length) return payload.subarray(from, to);
  const padded = new Uint8Array(to - from);
  padded.set(payload.subarray(from, to));
  return padded;
}

const NO_BYTES = new Uint8Array(0);
