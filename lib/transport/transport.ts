import type { Observable } from 'rxjs';

/**
 * A way to a camera (or, for the device end, to a host): a serial port, a socket, a pair in memory.
 *
 * It is a description and holds nothing open.
 */
export interface Transport {
  /** For people: the path or address, as it stands in errors and traces. */
  readonly name: string;

  /**
   * What it opens, where two transports may mean one port that can be open once: a path, an address. A `Camera` that opens
   * it has another one that nobody uses any more, and that is only still open, closed first. A transport that wraps another
   * hands this on. Default: this transport is the only one.
   */
  readonly port?: string | object;

  /**
   * What a `Camera` asks of the protocol over this way, unless its own options say otherwise. Default: all that the camera
   * offers. A transport that wraps another hands this on.
   */
  readonly preferred?: Preferences;

  /**
   * The way, opened. Cold: each subscription opens it anew and unsubscribing closes it.
   *
   * Emits one {@link Connection} when it is open, which may be within the subscribing call, and then stays silent.
   * Completes only where the source has an end, such as a recording, and so does `bytes$`: nothing more will come, and nothing
   * was lost. A `Camera` then completes what it shares, and does not open it again by itself. Errors with `PORT_UNAVAILABLE` when it can't be opened and with `LINK_LOST` when it is lost
   * afterwards, whichever side caused it. After an error or an unsubscription everything it held is released, and it can
   * be subscribed to again at once, also while the system is still busy with the release.
   */
  open(): Observable<Connection>;
}

/** What suits a way better than what the camera offers by itself. */
export interface Preferences {
  /** The largest payload of a packet, in bytes: one that fits the way's own units, such as datagrams. */
  readonly maxPayload?: number;
  /** Whether each packet is acknowledged, and repeated until it is. */
  readonly ack?: boolean;
}

/** An open {@link Transport}. It lives as long as the subscription to `open()` that emitted it. */
export interface Connection {
  /**
   * The bytes that arrive, in order, in chunks of any size. Hot: bytes that arrive while nobody is subscribed are
   * dropped, so subscribe when the connection is handed over; a transport emits nothing before that. A chunk belongs
   * to the subscriber and is not written to again by the transport. Never errors: a loss errors `open()`, and then this
   * completes, as it does with an unsubscription from `open()`.
   */
  readonly bytes$: Observable<Uint8Array>;

  /**
   * Sends bytes. They are given away with the call and may not be changed afterwards: in memory the same array arrives
   * at the other end. Sending starts at once, without waiting for a subscription, and happens once however many
   * subscribe; calls are sent in the order they were made.
   *
   * Completes when the bytes were handed over to the system; errors with `LINK_LOST` if that is no longer possible.
   */
  write(bytes: Uint8Array): Observable<never>;
}
