import { Camera, type CameraOptions } from '../../../lib/index.js';
import { Flag, Opcode, Status, type Packet } from '../../../lib/operators/index.js';
import { defaultSystemInfo, defaultVersions } from '../../../lib/device/board.js';
import {
  encodeCapabilities,
  encodeChannelList,
  encodeStatus,
  encodeSystemInfo,
  encodeVersions,
  encodeWords,
} from '../../../lib/wire/payloads/index.js';
import { SteadyClock } from './steady-clock.js';
import { ScriptedPort } from '../../host/scripted-port.js';

/** What an {@link Impostor} does with a command, instead of what a camera would. */
export type Misbehaviour = (command: Packet) => void;

const CAPABILITIES = { crc: true, seq: true, ack: true, events: true, maxPayload: 4082 };
const CHANNELS = ['usb', 'stdin', 'stdout', 'stream', 'log'].map((name, id) => ({ id, name, flags: 0x0b }));

/** A peer that shakes hands as a camera does, and then does what the test tells it to. */
export class Impostor {
  readonly clock = new SteadyClock();
  readonly port = new ScriptedPort();
  readonly camera: Camera;
  /** Instead of an answer, by opcode. */
  readonly misbehaves = new Map<number, Misbehaviour>();
  /** The counter of the device (PROTOCOL 4). */
  sequence = 0;
  packets = 0;

  constructor(options: CameraOptions = {}) {
    this.camera = new Camera(this.port, { scheduler: this.clock, ...options });
    this.port.onPacket = (packet) => {
      this.packets++;
      if ((packet.flags & (Flag.ACK | Flag.NAK)) === 0) this.#obey(packet);
    };
  }

  data(command: Packet, payload: Uint8Array, flags: number = Flag.ACK_REQ): void {
    const { opcode, channel } = command;
    this.port.receive({ opcode, channel, flags, payload, sequence: this.sequence });
    this.#count();
  }

  acknowledge({ opcode, channel }: Packet): void {
    this.port.receive({ opcode, channel, flags: Flag.ACK, sequence: this.sequence });
    this.#count();
  }

  refuse(command: Packet, status: number): void {
    this.data(command, encodeStatus(status), Flag.NAK);
  }

  #count(): void {
    this.sequence = (this.sequence + 1) & 0xff;
  }

  #obey(command: Packet): void {
    const { opcode, channel } = command;
    const misbehaves = this.misbehaves.get(opcode);
    if (misbehaves !== undefined) misbehaves(command);
    else if (opcode === Opcode.PROTO_SYNC) {
      this.sequence = 0;
      this.port.receive({ opcode, flags: Flag.ACK });
    } else if (command.sequence !== this.sequence) this.refuse(command, Status.SEQUENCE);
    else if (channel !== 0 && opcode <= Opcode.SYS_MEMORY) this.refuse(command, Status.INVALID);
    else this.#answer(command);
  }

  #answer(command: Packet): void {
    const answers: Record<number, () => Uint8Array> = {
      [Opcode.PROTO_GET_CAPS]: () => encodeCapabilities(CAPABILITIES),
      [Opcode.CHANNEL_LIST]: () => encodeChannelList(CHANNELS),
      [Opcode.PROTO_VERSION]: () => encodeVersions(defaultVersions),
      [Opcode.SYS_INFO]: () => encodeSystemInfo(defaultSystemInfo),
      [Opcode.CHANNEL_POLL]: () => encodeWords(0),
      [Opcode.CHANNEL_SIZE]: () => encodeWords(4),
      [Opcode.CHANNEL_READ]: () => Uint8Array.of(1, 2, 3, 4),
    };
    const payload = answers[command.opcode]?.();
    if (payload === undefined) this.acknowledge(command);
    else this.data(command, payload);
  }
}
