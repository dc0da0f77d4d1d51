import { readFileSync } from 'node:fs';
import { EMPTY, Subject, type Observable, type Subscription } from 'rxjs';
import type { Device } from '../../lib/device/index.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { opcodeName } from '../../lib/wire/opcode.js';
import { encodeStatus } from '../../lib/wire/payloads/index.js';
import { Status } from '../../lib/wire/status.js';

export interface Row {
  readonly t: number;
  readonly from: 'host' | 'device';
  readonly bytes: Uint8Array;
}

export const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'));
export const hexOf = (data: Uint8Array): string => Buffer.from(data).toString('hex');

export function capture(name: string): Row[] {
  const lines = readFileSync(new URL(`../captures/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines
    .map((line) => JSON.parse(line) as { t: number; from: 'host' | 'device'; hex: string })
    .map(({ t, from, hex }) => ({ t, from, bytes: bytes(hex) }));
}

/** The payloads of a capture's data replies to one opcode. */
export function recordedReplies(name: string, opcode: number): Uint8Array[] {
  return capture(name)
    .filter((row) => row.from === 'device' && row.bytes[5] === opcode && (row.bytes[4]! & 3) === 0)
    .map((row) => row.bytes.slice(10, -4));
}

/** A connection whose far end is the test. */
export interface Link {
  readonly written: Uint8Array[];
  readonly subscription: Subscription;
  /** Brings bytes to the device. */
  send(...chunks: Uint8Array[]): void;
  /** What the device has written since the last call, in words. */
  said(): string[];
  /** The same as bytes. */
  saidBytes(): Uint8Array;
}

export function link(
  device: Pick<Device, 'attach'>,
  write: (data: Uint8Array) => Observable<never> = () => EMPTY,
): Link {
  const arriving = new Subject<Uint8Array>();
  const written: Uint8Array[] = [];
  const subscription = device.attach({
    bytes$: arriving,
    write: (data) => {
      written.push(data);
      return write(data);
    },
  });
  const saidBytes = () => Uint8Array.from(Buffer.concat(written.splice(0)));
  return {
    written,
    subscription,
    send: (...chunks) => chunks.forEach((chunk) => arriving.next(chunk)),
    said: () => written.splice(0).map(inWords),
    saidBytes,
  };
}

const FLAGS = ['ACK', 'NAK', 'RTX', 'ACK_REQ', 'FRAGMENT', 'EVENT'];
const statusNames = Object.entries(Status);

/** A packet as `3 CHANNEL_READ@5 ACK_REQ+FRAGMENT 512B`; the status of a NAK by its name. */
export function inWords(packet: Uint8Array): string {
  const [, , sequence, channel, flags = 0, opcode = 0, low = 0, high = 0] = packet;
  const set = FLAGS.filter((_, bit) => ((flags >> bit) & 1) === 1).join('+');
  const length = low | (high << 8);
  const status = (flags & 2) !== 0 ? statusNames.find(([, code]) => code === packet[10])![0] : '';
  const payload = status || (length > 8 ? `${length}B` : hexOf(packet.slice(10, 10 + length)));
  return [sequence, `${opcodeName(opcode)}@${channel}`, set, payload].filter((word) => word !== '').join(' ');
}

/** A packet of the host. */
export function command(
  sequence: number,
  opcode: number,
  channel = 0,
  payload: Uint8Array = bytes(''),
): Uint8Array<ArrayBuffer> {
  return encodePacket({ sequence, opcode, channel, payload });
}

export function ack(sequence: number, opcode: number, channel = 0): Uint8Array<ArrayBuffer> {
  return encodePacket({ sequence, opcode, channel, flags: 1 });
}

export function nak(sequence: number, opcode: number, channel = 0): Uint8Array<ArrayBuffer> {
  return encodePacket({ sequence, opcode, channel, flags: 2 });
}

export const SYNC = bytes('aad5000000000000b0ac');
export const refused = (status: number): Uint8Array<ArrayBuffer> => encodeStatus(status);
