import { READ_BUFFER_BYTES } from '../../wire/limits.js';
import { HEADER_BYTES, OVERHEAD_BYTES } from '../../wire/packet.js';
import { WRITE_HEAD_BYTES, type Capabilities } from '../../wire/payloads/index.js';
import type { Directory } from './directory.js';

/*
 * The camera takes from its port what its one buffer has room for, and does not hear what has none (PROTOCOL 5b, "deaf").
 * An ACK behind anything else, such as an ACK that came twice, stays there until the whole reply is out.
 *
 *     | an ACK that came twice | the ACKs of a reply, which all stay behind it ...      | free, for the next ACK |
 */

/** What tells the size of a camera's buffer and packets. */
interface Camera {
  readonly offered: Capabilities;
  readonly info: { readonly capabilities: Capabilities };
  readonly directory: Directory;
}

/** Kept free behind a command: three ACKs. */
const KEPT_BYTES = 3 * HEADER_BYTES;
/** Least room for repeats during a sliced reply: ACKs, and a copy of the command. */
const SPARE_BYTES = 100;
/**
 * After 256 packets an ACK that stayed would be taken for that of another packet, and after 127 a number that is behind looks
 * as if it were ahead (PROTOCOL 5a).
 */
const MOST_PACKETS = 120;

/** Bytes of a value in one write, behind which an ACK may have to find its place. */
export function writeRoom(offered: Capabilities, { ack, maxPayload }: Capabilities): number {
  return (ack ? Math.min(maxPayload, offered.maxPayload - KEPT_BYTES) : maxPayload) - WRITE_HEAD_BYTES;
}

/** Bytes that one reply may have, so that its ACKs, and what is sent again meanwhile, fit into the buffer. */
export function replyRoom(session: Camera, channel: number): number {
  if (!session.info.capabilities.ack) return Infinity;
  const acks = Math.floor((bufferOf(session) - SPARE_BYTES) / HEADER_BYTES);
  return Math.min(acks, MOST_PACKETS) * packetBytes(session, channel);
}

/** Bytes that may be sent during a reply of so many bytes, beside its ACKs. */
export function spareRoom(session: Camera, channel: number, bytes: number): number {
  const packets = Math.ceil(bytes / packetBytes(session, channel));
  return packets > MOST_PACKETS ? 0 : Math.max(bufferOf(session) - HEADER_BYTES * (packets + 1), 0);
}

function bufferOf({ offered }: Camera): number {
  return offered.maxPayload + OVERHEAD_BYTES;
}

function packetBytes({ info, directory }: Camera, channel: number): number {
  const { maxPayload } = info.capabilities;
  return directory.byId(channel)?.name === 'stream' ? maxPayload : Math.min(maxPayload, READ_BUFFER_BYTES);
}
