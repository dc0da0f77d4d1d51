import { Device, type Backend, type DeviceError, type DeviceOptions } from '../../lib/device/index.js';
import { encodeReadRequest, encodeWriteRequest } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { bytes, command, link, type Link } from './support.js';

/** A device with a channel called `it`, and a host that keeps count. */
export interface Setup {
  readonly device: Device;
  readonly host: Link;
  readonly clock: Clock;
  readonly errors: DeviceError[];
  /** Sends the next command and says what came back, without the sequence. */
  readonly ask: (opcode: number, channel?: number, payload?: Uint8Array) => string[];
}

export function setup(backend?: Backend, options: DeviceOptions = {}, flags?: number): Setup {
  const clock = new Clock();
  const device = new Device({ ack: false, scheduler: clock, ...options });
  const errors: DeviceError[] = [];
  device.errors$.subscribe((error) => errors.push(error));
  if (backend) device.register('it', backend, flags);
  const host = link(device);
  let sequence = 0;
  const ask = (opcode: number, channel = 1, payload: Uint8Array = bytes('')) => {
    host.send(command(sequence, opcode, channel, payload));
    const said = host.said();
    sequence += said.length;
    return said.map((packet) => packet.replace(/^\d+ \S+ ?/, ''));
  };
  return { device, host, clock, errors, ask };
}

export const read = (offset: number, length: number): Uint8Array => encodeReadRequest(offset, length);
export const write = (hex: string): Uint8Array => encodeWriteRequest(0, bytes(hex));
