/** Sizes of the receive buffers of today's boards, in bytes (PROTOCOL 1). */
export const BUFFER_SIZES = [512, 4096, 8192] as const;

/** Channels of a camera: their ids are the bits of a POLL (PROTOCOL 7). */
export const MAX_CHANNELS = 32;

/** A camera refuses a LOCK within this time of the last one, inclusive (PROTOCOL 7). */
export const LOCK_INTERVAL_MS = 10;

/** How long a camera waits for the first acknowledgement of a packet; each further wait doubles (PROTOCOL 5). */
export const RETRANSMIT_TIMEOUT_MS = 500;
/** How often a camera repeats a packet before it resets its session (PROTOCOL 5). */
export const RETRANSMIT_RETRIES = 3;

/** Bytes of the camera's buffer for one `read` of a back-end (PROTOCOL 7). */
export const READ_BUFFER_BYTES = 512;

/** How often a camera announces text that nobody has read (PROTOCOL 9). */
export const STDOUT_NOTIFY_MS = 50;
