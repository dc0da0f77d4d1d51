/** The flags of a packet (PROTOCOL 1). Bits 6 and 7 are reserved and ignored. */
export const Flag = {
  /** The packet acknowledges another one, or reports success of a command without data. */
  ACK: 0x01,
  /** The packet refuses a command. Its payload, if any, is a status as u16. */
  NAK: 0x02,
  /** The packet is a retransmission. */
  RTX: 0x04,
  /** The sender waits for an ACK of this packet. */
  ACK_REQ: 0x08,
  /** More packets of the same message follow. */
  FRAGMENT: 0x10,
  /** The packet is an event. It does not advance the sequence number. */
  EVENT: 0x20,
} as const;

/** The flags of a channel in the channel list (PROTOCOL 3). */
export const ChannelFlag = {
  READ: 0x01,
  WRITE: 0x02,
  EXEC: 0x04,
  LOCK: 0x08,
  STREAM: 0x10,
  DYNAMIC: 0x20,
  PHYSICAL: 0x40,
} as const;
