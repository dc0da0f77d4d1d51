export { acknowledge } from './acknowledge.js';
export { decode, type DecodeOperatorOptions } from './decode.js';
export { reassemble, type ReassembleOperatorOptions } from './reassemble.js';
export { crc16, crc32 } from '../wire/crc.js';
export type { Decoded, DecodeOptions } from '../wire/decoder.js';
export { encodePacket, type Outgoing } from '../wire/encoder.js';
export { ChannelFlag, Flag } from '../wire/flags.js';
export { Opcode } from '../wire/opcode.js';
export { isPacket, type Discarded, type Header, type Packet } from '../wire/packet.js';
export {
  NOTIFY,
  SystemEvent,
  type HardwareCapabilities,
  type SystemInfo,
  type Version,
  type Versions,
} from '../wire/payloads/index.js';
export type { Message, Range, ReassembleOptions } from '../wire/reassembler.js';
export { Status } from '../wire/status.js';
