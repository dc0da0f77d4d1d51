import { READ_BUFFER_BYTES } from '../../wire/limits.js';
import { HEADER_BYTES, OVERHEAD_BYTES } from '../../wire/packet.js';
import { WRITE_HEAD_BYTES, type Capabilities } from '../../wire/payloads/index.js';
import type { Directory } from './directory.js';

/*
 * The camera has one receive buffer. It reads only as many bytes from its port as fit, and does not notice the rest (PROTOCOL 5b,
 * "deaf"). An ACK behind other bytes, such as a repeated ACK, stays in the buffer until the whole reply is sent.
 *
 *     | a repeated ACK | the ACKs of a reply, which all stay behind it ...      | free, for the next ACK |
 */

/** The properties of a session that give the sizes of the camera's buffer and packets. */
interface Camera {
  readonly offered: Capabilities;
  readonly info: { readonly capabilities: Capabilities };
  readonly directory: Directory;
}

/** Bytes that stay free behind a command: three ACKs. */
const KEPT_BYTES = 3 * HEADER_BYTES;
/** The least bytes for repeats during a sliced reply: ACKs and a copy of the command. */
const SPARE_BYTES = 100;
/**
 * The most packets in one reply. After 256 packets an ACK that stayed in the buffer would match another packet, and after 127 a sequence
 * number that is behind looks as if it were ahead (PROTOCOL 5a).
 */
const MOST_PACKETS = 120;

/** The most bytes of a value in one write. While ACKs are on, an ACK must fit behind it. */
export function writeBudget(offered: Capabilities, { ack, maxPayload }: Capabilities): number {
  return (ack ? Math.min(maxPayload, offered.maxPayload - KEPT_BYTES) : maxPayload) - WRITE_HEAD_BYTES;
}

/** The most bytes of one reply: its ACKs, and whatever is sent again meanwhile, fit into the buffer. */
export function replyBudget(session: Camera, channel: number): number {
  if (!session.info.capabilities.ack) return Infinity;
  const acks = Math.floor((bufferOf(session) - SPARE_BYTES) / HEADER_BYTES);
  return Math.min(acks, MOST_PACKETS) * packetBytes(session, channel);
}

/** The bytes that may be sent during a reply of `bytes` bytes, besides its ACKs. */
export function spareBudget(session: Camera, channel: number, bytes: number): number {
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
