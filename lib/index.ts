export { OpenMVError, isOpenMVError, type ErrorCode, type OpenMVErrorOptions } from './errors.js';
export type { Connection, Transport } from './transport/transport.js';
export { crc16, crc32 } from './wire/crc.js';
export { encodePacket } from './wire/encoder.js';
export { ChannelFlag, Flag } from './wire/flags.js';
export { Opcode } from './wire/opcode.js';
export { isPacket, type Discarded, type Header, type Packet } from './wire/packet.js';
export { Status } from './wire/status.js';
