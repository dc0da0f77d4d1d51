import { isObservable, type Observable } from 'rxjs';
import { Flag } from '../../wire/flags.js';
import type { Header, Packet } from '../../wire/packet.js';
import { encodeStatus } from '../../wire/payloads/index.js';
import type { Answer } from '../backend.js';

/** A packet before it gets its sequence number. */
export type Unnumbered = Omit<Packet, 'kind' | 'sequence' | 'payload'> & { readonly payload: Uint8Array };

/** The packet with its sequence number. */
export type Numbered = Unnumbered & { readonly sequence: number };

/** A back-end's answer that has not arrived yet. */
export type Pending = Observable<unknown> | PromiseLike<unknown>;

/** Sends one packet, and waits for its acknowledgement if the packet asks for one. */
export interface SendEffect {
  readonly kind: 'send';
  readonly packet: Unnumbered;
  /** The task continues after a reset that happens while this packet waits, as a `read` does (PROTOCOL 5). */
  readonly survivesReset?: boolean;
  /** Reads the payload anew for a repeat. The repeat keeps the CRC of the first packet (PROTOCOL 5). */
  readonly payloadNow?: () => Uint8Array;
}

/** A request of a task: send a packet, or wait until a back-end has answered. */
export type Effect = SendEffect | { readonly kind: 'settle'; readonly answer: Pending };

/** The execution of a command. The task decides; its runner sends, waits and resumes it, or drops it on a reset. */
export type Task<T = void> = Generator<Effect, T, unknown>;

type Command = Pick<Header, 'opcode' | 'channel'>;

/** The value of an answer. A plain value needs no wait. */
export function* settled<T>(answer: Answer<T>): Task<T> {
  if (isObservable(answer) || isPromise(answer)) return (yield { kind: 'settle', answer }) as T;
  return answer;
}

function isPromise<T>(answer: Answer<T>): answer is PromiseLike<T> {
  return typeof (answer as Partial<PromiseLike<T>> | undefined)?.then === 'function';
}

/** Reports success without data (PROTOCOL 3). */
export function* accept({ opcode, channel }: Command): Task {
  yield { kind: 'send', packet: { opcode, channel, flags: Flag.ACK, payload: NO_BYTES } };
}

export function* refuse({ opcode, channel }: Command, status: number): Task {
  yield { kind: 'send', packet: { opcode, channel, flags: Flag.NAK, payload: encodeStatus(status) } };
}

/** Sends `length` bytes of data in fragments. A shorter payload is padded with zeros. */
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
