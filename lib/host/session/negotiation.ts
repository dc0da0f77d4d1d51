import { map, type Observable } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { SMALLEST_MAX_PAYLOAD } from '../../wire/packet.js';
import type { Capabilities } from '../../wire/payloads/index.js';
import { commands } from '../link/command.js';
import type { Link } from '../link/link.js';

/** What a program wants of the protocol on this camera, in every session. */
export class Negotiation {
  constructor(private wanted: Partial<Capabilities>) {}

  /** Wants something else from now on. */
  want(wanted: Partial<Capabilities>): void {
    const given = Object.entries(wanted).filter(([, value]: [string, unknown]) => value !== undefined);
    this.wanted = { ...this.wanted, ...Object.fromEntries(given) };
  }

  /** Settles with the camera: its offer, less what is not wanted. Emits what holds from then on. */
  settle(link: Link, offered: Capabilities, timeoutMs: number): Observable<Capabilities> {
    const { crc = true, seq = true, ack = true, events = true, maxPayload = offered.maxPayload } = this.wanted;
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

/** @throws {OpenMVError} `INVALID_ARGUMENT` when `maxPayload` is no whole number from 50 on. */
export function requireCapabilities(options: Partial<Capabilities>): void {
  requireOptions('negotiate', options, KNOWN);
  const { maxPayload = SMALLEST_MAX_PAYLOAD } = options;
  if (Number.isInteger(maxPayload) && maxPayload >= SMALLEST_MAX_PAYLOAD) return;
  throw new OpenMVError(
    'INVALID_ARGUMENT',
    `maxPayload is a whole number of bytes from ${SMALLEST_MAX_PAYLOAD} on, not ${maxPayload}`,
  );
}

const KNOWN: OptionNames<Partial<Capabilities>> = { crc: true, seq: true, ack: true, events: true, maxPayload: true };
