import { map, type Observable } from 'rxjs';
import { requireOptions, type OptionNames, requireWhole, given } from '../../arguments.js';
import { SMALLEST_MAX_PAYLOAD } from '../../wire/packet.js';
import type { Capabilities } from '../../wire/payloads/index.js';
import { commands } from '../link/command.js';
import type { Link } from '../link/link.js';

/** The protocol settings that the program wants, in every session. */
export class Negotiation {
  #wanted: Partial<Capabilities>;

  constructor(wanted: Partial<Capabilities>) {
    this.#wanted = wanted;
  }

  /** Changes the wanted settings. */
  want(wanted: Partial<Capabilities>): void {
    this.#wanted = { ...this.#wanted, ...given(wanted) };
  }

  /** Sets the capabilities that the camera offers and the program wants. Emits the resulting settings. */
  settle(link: Link, offered: Capabilities, timeoutMs: number): Observable<Capabilities> {
    const { crc = true, seq = true, ack = true, events = true, maxPayload = offered.maxPayload } = this.#wanted;
    const settled: Capabilities = {
      crc: offered.crc && crc,
      seq: offered.seq && seq,
      ack: offered.ack && ack,
      events: offered.events && events,
      maxPayload: Math.min(offered.maxPayload, maxPayload),
    };
    return link.request(commands.setCapabilities(settled), timeoutMs).pipe(map(() => settled));
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` if `maxPayload` is not a whole number of at least 50. */
export function requireCapabilities(options: Partial<Capabilities>): void {
  requireOptions('negotiate', options, KNOWN);
  const { maxPayload = SMALLEST_MAX_PAYLOAD } = options;
  requireWhole('maxPayload', maxPayload, SMALLEST_MAX_PAYLOAD);
}

const KNOWN: OptionNames<Partial<Capabilities>> = { crc: true, seq: true, ack: true, events: true, maxPayload: true };
