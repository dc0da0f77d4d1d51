import type { Subject } from 'rxjs';
import { OpenMVError } from '../errors.js';
import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import { encodeEvent } from '../wire/payloads/index.js';
import type { Task, Unnumbered } from './task.js';

/** An event of a channel; channel 0 is the system (PROTOCOL 6). */
export function eventPacket(channel: number, event: number, flags = 0): Unnumbered {
  const opcode = channel === 0 ? Opcode.SYS_EVENT : Opcode.CHANNEL_EVENT;
  return { opcode, channel, flags: Flag.EVENT | flags, payload: encodeEvent(event) };
}

/** Sends an event that waits for its acknowledgement, and completes `done` with it. */
export function* acknowledgedEvent(channel: number, event: number, done: Subject<never>): Task {
  let acknowledged = false;
  try {
    yield { kind: 'send', packet: eventPacket(channel, event, Flag.ACK_REQ) };
    acknowledged = true;
  } finally {
    if (acknowledged) done.complete();
    else done.error(new OpenMVError('TIMEOUT', `event ${event} of channel ${channel} was not acknowledged`));
  }
}
