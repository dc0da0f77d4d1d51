import type { Subject } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import { Flag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import { encodeEvent } from '../../wire/payloads/index.js';
import type { RegisteredChannel } from './channel-table.js';
import type { Task, Unnumbered } from './task.js';

/** An event of a channel; channel 0 is the system (PROTOCOL 6). */
export function eventPacket(channel: number, event: number, flags = 0): Unnumbered {
  const opcode = channel === 0 ? Opcode.SYS_EVENT : Opcode.CHANNEL_EVENT;
  return { opcode, channel, flags: Flag.EVENT | flags, payload: encodeEvent(event) };
}

/** An event to be acknowledged; `done` reports the outcome to its sender. */
export interface PendingEvent {
  readonly channel: RegisteredChannel;
  readonly event: number;
  readonly done: Subject<never>;
}

export function* acknowledgedEvent(pending: PendingEvent): Task {
  let acknowledged = false;
  try {
    yield { kind: 'send', packet: eventPacket(pending.channel.id, pending.event, Flag.ACK_REQ) };
    acknowledged = true;
  } finally {
    if (acknowledged) pending.done.complete();
    else unacknowledged(pending);
  }
}

export function unacknowledged({ channel, event, done }: PendingEvent): void {
  done.error(new OpenMVError('TIMEOUT', `the host did not acknowledge event ${event} of channel '${channel.name}'`));
}

/** No host listens, or the channel is gone. */
export function unsendable({ channel, event, done }: PendingEvent): void {
  done.error(new OpenMVError('NO_HOST', `no host receives event ${event} of channel '${channel.name}'`));
}
