import { OpenMVError } from '../../errors.js';
import { parseFrame } from '../../frames/frame.js';
import { ConsoleText } from '../../host/script/console-text.js';
import { cameraEvent } from '../../host/session/camera-event.js';
import { channelInfo, type ChannelInfo } from '../../host/session/channel-info.js';
import { Decoder } from '../../wire/decoder.js';
import { Flag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import { isPacket, type Packet } from '../../wire/packet.js';
import {
  decodeChannelList,
  decodeReadRequest,
  decodeSystemInfo,
  decodeVersions,
  decodeWord,
  type Versions,
} from '../../wire/payloads/index.js';
import { type Message, Reassembler } from '../../wire/reassembler.js';
import type { RecordingEntry } from '../format/recording-entry.js';
import { parseRow, type CaptureRow } from './capture-row.js';

/** No camera has this much memory. */
const LONGEST_VALUE = 64 * 1024 * 1024;
const NOT_DATA = Flag.ACK | Flag.NAK | Flag.EVENT;

/** Far above the size of one read or write of a port. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** Decodes the bytes of a wire capture to entries. Errors as `readRecording` does. */
export async function* readCapture(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<RecordingEntry> {
  const captured = new CaptureDecoder();
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new OpenMVError('MALFORMED', `line ${number + 1} of ${path} has no end`);
    for (const line of lines) if (line !== '') yield* captured.push(parseRow(line, ++number, path));
  }
  if (rest === '') return;
  try {
    yield* captured.push(parseRow(rest, number + 1, path));
  } catch (cause) {
    throw new OpenMVError(
      'TRUNCATED',
      `${path} ends within its line ${number + 1}; all lines before it have been read`,
      {
        cause,
      },
    );
  }
}

/**
 * Decodes the packets between a host and a camera to the data that the host received: frames, text, events, the list of channels
 * and values. Holds one incomplete message, one incomplete read per channel, and the
 * requests of the last 256 numbers.
 */
class CaptureDecoder {
  readonly #host = new Decoder();
  readonly #device = new Decoder();
  readonly #messages = new Reassembler();
  readonly #text = new ConsoleText();
  /** The last READs. A reply repeats the opcode and the channel of its request (PROTOCOL 1), and usually its number. */
  readonly #requests = new Map<number, Packet>();
  readonly #readings = new Map<number, ReadBytes>();
  /** Parts of a frame that were read before its size, which comes in the same burst. */
  #early: { readonly offset: number; readonly payload: Uint8Array }[] | undefined;
  #channels: readonly ChannelInfo[] = [];
  #versions: Versions | undefined;
  #lastSequence: number | undefined;
  #frames = 0;

  push({ t, from, hex, lost = false }: CaptureRow): RecordingEntry[] {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    if (from === 'host') {
      for (const packet of this.#host.push(bytes).filter(isPacket)) this.#request(packet);
      return [];
    }
    if (lost) return [];
    const at = t / 1000;
    return this.#device
      .push(bytes)
      .filter(isPacket)
      .filter((packet) => this.#isNew(packet))
      .flatMap((packet) => this.#messages.push(packet))
      .flatMap((message) => (message.kind === 'message' ? this.#decode(message, at) : []));
  }

  #request(packet: Packet): void {
    // ACKs and NAKs have no reply.
    if ((packet.flags & NOT_DATA) !== 0) return;
    if (packet.opcode === Opcode.CHANNEL_READ) {
      this.#requests.set(packet.channel, packet);
      this.#requests.set(numbered(packet), packet);
    }
    if (packet.opcode === Opcode.PROTO_SYNC) this.#lastSequence = undefined;
  }

  /** False for a packet that the camera repeats because no ACK reached it (PROTOCOL 5). */
  #isNew({ flags, sequence, opcode }: Packet): boolean {
    if ((flags & Flag.EVENT) !== 0) return true;
    const repeated = (flags & Flag.RTX) !== 0 && sequence === this.#lastSequence;
    this.#lastSequence = opcode === Opcode.PROTO_SYNC ? undefined : sequence;
    return !repeated;
  }

  #decode(message: Message, at: number): RecordingEntry[] {
    const { opcode, flags, channel, payload } = message;
    if ((flags & Flag.EVENT) !== 0) return this.#event(message, at);
    if ((flags & Flag.ACK) !== 0) return this.#acknowledged(opcode, channel);
    if ((flags & Flag.NAK) !== 0 || !message.ended || message.missing.length > 0) return [];
    switch (opcode) {
      case Opcode.PROTO_VERSION:
        this.#versions = decodeVersions(payload);
        return [];
      case Opcode.SYS_INFO:
        return [
          {
            kind: 'camera',
            info: { system: decodeSystemInfo(payload), ...(this.#versions && { versions: this.#versions }) },
          },
        ];
      case Opcode.CHANNEL_LIST:
        this.#channels = decodeChannelList(payload).map(channelInfo);
        return [{ kind: 'channels', at, channels: this.#channels }];
      case Opcode.CHANNEL_SIZE:
        return this.#size(channel, decodeWord(payload), at);
      case Opcode.CHANNEL_READ:
        return this.#read(message, at);
      default:
        return [];
    }
  }

  #event(message: Message, at: number): RecordingEntry[] {
    const event = cameraEvent(message, this.#name(message.channel), at);
    return event.kind === 'text-ready' || event.kind === 'frame-ready' ? [] : [{ kind: 'event', at, event }];
  }

  /** Allocates no memory for a size that exceeds any camera's. */
  #size(channel: number, bytes: number, at: number): RecordingEntry[] {
    const isStream = this.#name(channel) === 'stream';
    // A host may ask twice in one burst, because the first reply may be lost.
    if (isStream && this.#readings.get(channel)?.size === bytes) return [];
    if (bytes > LONGEST_VALUE) {
      this.#readings.delete(channel);
      return [];
    }
    this.#readings.set(channel, new ReadBytes(bytes));
    const early = isStream ? (this.#early ?? []) : [];
    if (isStream) this.#early = undefined;
    return early.flatMap(({ offset, payload }) => this.#part(channel, offset, payload, at));
  }

  #read(message: Message, at: number): RecordingEntry[] {
    const { channel, payload } = message;
    const name = this.#name(channel);
    if (name === 'stdout') return this.#printed(payload, at);
    const request = this.#requests.get(numbered(message)) ?? this.#requests.get(channel);
    if (!request) return [];
    const { offset } = decodeReadRequest(request.payload);
    if (name === 'stream' && this.#early !== undefined) {
      this.#early.push({ offset, payload });
      return [];
    }
    if (!this.#readings.has(channel)) this.#readings.set(channel, new ReadBytes(offset + payload.length));
    return this.#part(channel, offset, payload, at);
  }

  #part(channel: number, offset: number, payload: Uint8Array, at: number): RecordingEntry[] {
    const whole = this.#readings.get(channel)?.add(offset, payload);
    if (whole === undefined) return [];
    const name = this.#name(channel);
    if (name !== 'stream') return [{ kind: 'value', at, channel: name, encoding: 'bytes', bytes: whole, value: whole }];
    return frameOf(whole, this.#frames, at, () => this.#frames++);
  }

  #printed(payload: Uint8Array, at: number): RecordingEntry[] {
    const { text } = this.#text.push(payload);
    return text === '' ? [] : [{ kind: 'text', at, text }];
  }

  /** Behind UNLOCK the next read begins another value, and so does one of the stream behind LOCK. */
  #acknowledged(opcode: number, channel: number): RecordingEntry[] {
    const isStream = this.#name(channel) === 'stream';
    if (isStream) this.#early = opcode === Opcode.CHANNEL_LOCK ? [] : undefined;
    if (opcode === Opcode.CHANNEL_UNLOCK || (isStream && opcode === Opcode.CHANNEL_LOCK))
      this.#readings.delete(channel);
    return [];
  }

  #name(id: number): string {
    return this.#channels.find((channel) => channel.id === id)?.name ?? `#${id}`;
  }
}

function frameOf(bytes: Uint8Array<ArrayBuffer>, index: number, at: number, counted: () => void): RecordingEntry[] {
  try {
    const frame = parseFrame(bytes, index, at);
    counted();
    return [{ kind: 'frame', at, frame }];
  } catch {
    return [];
  }
}

/** The key of a READ and of its reply: the first packet of a reply has the number of its request (PROTOCOL 4). */
function numbered({ channel, sequence }: Pick<Packet, 'channel' | 'sequence'>): number {
  return (channel << 8) | sequence | NUMBERED;
}

/** Keys of one channel alone are smaller. */
const NUMBERED = 1 << 16;

/** Assembles the reads of a channel, which may come in parts and overlap. Holds as many bytes as SIZE announced. */
export class ReadBytes {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** The missing ranges; `to` is exclusive. */
  #missing: readonly (readonly [from: number, to: number])[];

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
    this.#missing = size > 0 ? [[0, size]] : [];
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** Adds a part. Returns the whole value once, when it is complete. */
  add(offset: number, part: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const end = Math.min(offset + part.length, this.#bytes.length);
    if (this.#missing.length === 0 || offset >= end) return undefined;
    this.#bytes.set(part.subarray(0, end - offset), offset);
    this.#missing = this.#missing.flatMap(([from, to]) => {
      const left = [[from, Math.min(to, offset)] as const, [Math.max(from, end), to] as const];
      return left.filter(([a, b]) => a < b);
    });
    return this.#missing.length === 0 ? this.#bytes : undefined;
  }
}
