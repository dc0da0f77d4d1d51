import type { Observable } from 'rxjs';

/**
 * Describes how to reach a camera (or, at the camera's end, a host): a serial port, a socket, a pair in memory.
 *
 * A transport itself opens nothing and holds nothing open.
 */
export interface Transport {
  /** The path or address, as errors and traces show it. */
  readonly name: string;

  /**
   * Identifies the port: a path or an address. Two transports with the same `port` can't be open at once, so a `Camera` that opens it
   * first closes another `Camera` that is unused and still holds it open. A transport that wraps another one passes this on.
   * Default: no other transport opens the same port.
   */
  readonly port?: string | object;

  /**
   * The capabilities that a `Camera` negotiates over this transport, unless its own options say otherwise. A transport that wraps another one passes
   * this on. Default: everything that the camera offers.
   */
  readonly preferred?: Preferences;

  /**
   * Opens the transport. Cold: each subscription opens it anew, and unsubscribing closes it.
   *
   * Emits one {@link Connection} when it is open, possibly within the subscribing call, and nothing after that. Completes only
   * if the source has an end, such as a recording: `bytes$` completes too, and nothing was lost. The hot Observables of a `Camera`
   * then complete, and it does not reopen the transport by itself. Errors with `PORT_UNAVAILABLE` when it can't be opened, and
   * with `LINK_LOST` when it is lost later, whichever side caused that. After an error or an unsubscription it holds
   * nothing, and can be subscribed to again at once, even while the system is still closing the port.
   */
  open(): Observable<Connection>;
}

/** Settings that suit a transport better than what the camera offers. */
export interface Preferences {
  /** The largest payload of a packet, in bytes, that fits the transport's own units, such as datagrams. */
  readonly maxPayload?: number;
  /** Whether each packet is acknowledged, and repeated until it is. */
  readonly ack?: boolean;
}

/** An open {@link Transport}. It lives as long as the subscription to `open()` that emitted it. */
export interface Connection {
  /**
   * The bytes that arrive, in order, in chunks of any size; a chunk is never empty. Hot: bytes that arrive while nobody is subscribed are
   * dropped, so subscribe when the connection is handed over. A transport emits nothing before that. A chunk belongs
   * to the subscriber; the transport does not write to it again. Never errors: a loss errors `open()`, and then this
   * completes, as it does after an unsubscription from `open()`.
   */
  readonly bytes$: Observable<Uint8Array>;

  /**
   * False if packets can overtake each other or arrive twice, as datagrams do. A `Camera` then sends one command at a time, because it can't
   * tell late packets from new ones among several. A connection that wraps another one passes this on. Default `true`.
   */
  readonly isOrdered?: boolean;

  /**
   * Sends bytes. The array belongs to the transport from the call on, so don't change it: in memory, the same array arrives
   * at the other end. Sending starts at once, without a subscription, and happens once, however many
   * subscribe. Calls are sent in the order they are made.
   *
   * Completes when the system has accepted the bytes. Errors with `LINK_LOST` if that is no longer possible.
   */
  write(bytes: Uint8Array): Observable<never>;
}
