/** The opcodes of the protocol (PROTOCOL 3). A reply has the opcode of its request. */
export const Opcode = {
  PROTO_SYNC: 0x00,
  PROTO_GET_CAPS: 0x01,
  PROTO_SET_CAPS: 0x02,
  PROTO_STATS: 0x03,
  PROTO_VERSION: 0x04,
  SYS_RESET: 0x10,
  SYS_BOOT: 0x11,
  SYS_INFO: 0x12,
  SYS_EVENT: 0x13,
  SYS_MEMORY: 0x14,
  CHANNEL_LIST: 0x20,
  CHANNEL_POLL: 0x21,
  CHANNEL_LOCK: 0x22,
  CHANNEL_UNLOCK: 0x23,
  CHANNEL_SHAPE: 0x24,
  CHANNEL_SIZE: 0x25,
  CHANNEL_READ: 0x26,
  CHANNEL_WRITE: 0x27,
  CHANNEL_IOCTL: 0x28,
  CHANNEL_EVENT: 0x29,
} as const;

const names = new Map<number, string>(Object.entries(Opcode).map(([name, code]) => [code, name]));

/** The name of an opcode, such as `CHANNEL_READ`; an unknown opcode as `0x7f`. */
export function opcodeName(opcode: number): string {
  return names.get(opcode) ?? `0x${opcode.toString(16).padStart(2, '0')}`;
}
