import { Observable, type OperatorFunction } from 'rxjs';
import type { Discarded, Packet } from '../../../wire/packet.js';
import { launch } from './flight.js';
import { onDamaged, onPacket } from './packets.js';
import { onMessage } from './replies.js';
import { start } from './send.js';
import { onSilence } from './silence.js';
import { type ExchangeEffect, type ExchangeInput, type ExchangeState, type ExchangeStep, IDLE } from './state.js';

/*
 * The sequence rules of PROTOCOL 4 and 5 as a table: state and input in, new state and effects out. The table has no timers,
 * no bytes and no RxJS. Its runner (link.ts) owns the timers, the writes and the queue, and ends a command after its deadline.
 *
 *                 start          reply             silence           NAK SEQUENCE of a new session
 *        idle ────────────▶ sent ──────▶ idle      sent ──▶ sent     sent ──▶ (resynchronise)
 *                             │  NAK CHECKSUM, or another packet has its sequence (not executed): sent anew
 *                             └─ NAK SEQUENCE otherwise: it was executed, or refused, and the reply is lost
 *
 *                 launch         replies, silence, refusals
 *        idle ────────────▶ flight ──────▶ flight ──────▶ idle          several commands at once: see flight.ts
 */

/** One step of the exchange. Pure. */
export function step(state: ExchangeState, input: ExchangeInput): ExchangeStep {
  switch (input.type) {
    case 'begin':
      return { state: IDLE, effects: [] };
    case 'start':
      return start(state, input.command);
    case 'launch':
      return launch(state, input.commands);
    case 'packet':
      return onPacket(state, input.packet);
    case 'damaged':
      return onDamaged(state, input.header);
    case 'message':
      return onMessage(state, input.message);
    case 'silence':
      return onSilence(state, input.forMs);
    case 'abandon':
      return { state: { ...state, sent: undefined, flight: [], held: [] }, effects: [] };
  }
}

/**
 * Runs the table over the packets that arrive and over all other inputs, and emits the effects in order. An input that an
 * effect causes is processed at once, before the remaining effects. Errors with either source. Never completes, because
 * commands in flight still need their timeouts when no more packets arrive. The state belongs to the subscription.
 */
export function exchange(inputs$: Observable<ExchangeInput>): OperatorFunction<Packet | Discarded, ExchangeEffect> {
  return (received$) =>
    new Observable((subscriber) => {
      let state = IDLE;
      const put = (input: ExchangeInput): void => {
        const next = step(state, input);
        state = next.state;
        for (const effect of next.effects) subscriber.next(effect);
      };
      const error = (cause: unknown): void => subscriber.error(cause);
      subscriber.add(inputs$.subscribe({ next: put, error }));
      subscriber.add(
        received$.subscribe({
          next: (unit) => {
            if (unit.kind === 'packet') put({ type: 'packet', packet: unit });
            else if (unit.reason === 'payload' && unit.header !== undefined)
              put({ type: 'damaged', header: unit.header });
          },
          error,
        }),
      );
    });
}
