import type { WebSerialLike, WebSerialPort } from '../../../lib/transport/web-serial/web-serial-like.js';

/** What a port of {@link FakeSerial} leads to, while it is open. */
export interface Wire {
  /** Resolves when the other end, or what leads there, has room for more. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** What the other end of a port tells. */
export interface WireEvents {
  arrived(bytes: Uint8Array): void;
  /** The device is gone, with its port. */
  unplugged(): void;
}

/** How a port is connected when it is opened. */
export type Plug = (events: WireEvents) => Promise<Wire>;

type Listener = (event: { target: unknown }) => void;

/**
 * `navigator.serial` as Chrome has it, without hardware: its ports are objects of this page, with streams that are
 * replaced when they are opened again, and errors with the names that Chrome gives them. It knows no gestures.
 *
 * It is also put into a page (spec/system), so it uses nothing of Node.
 */
export class FakeSerial implements WebSerialLike {
  readonly #listeners = { connect: new Set<Listener>(), disconnect: new Set<Listener>() };
  readonly #granted: FakePort[] = [];
  /** What the person chooses from, in turn; without one, they close the list. */
  readonly #choices: FakePort[] = [];
  /** The filters of each list that was shown. */
  readonly requests: unknown[] = [];

  getPorts(): Promise<WebSerialPort[]> {
    return Promise.resolve(this.#granted.filter(({ connected }) => connected));
  }

  async requestPort({ filters }: { filters: unknown[] }): Promise<WebSerialPort> {
    this.requests.push(filters);
    const chosen = this.#choices.shift();
    if (!chosen) throw new DOMException('No port selected by the user.', 'NotFoundError');
    this.#granted.push(chosen);
    return Promise.resolve(chosen);
  }

  addEventListener(type: 'connect' | 'disconnect', listener: Listener): void {
    this.#listeners[type].add(listener);
  }

  removeEventListener(type: 'connect' | 'disconnect', listener: Listener): void {
    this.#listeners[type].delete(listener);
  }

  /** Plugs in a device: one that the site was granted before, or one that the person will choose. */
  plugIn(plug: Plug, { granted = true, usbVendorId = 0x37c5, usbProductId = 0x1204 } = {}): FakePort {
    const port = new FakePort(plug, { usbVendorId, usbProductId }, () => this.#tell('disconnect', port));
    (granted ? this.#granted : this.#choices).push(port);
    if (granted) this.#tell('connect', port);
    return port;
  }

  /** How many wait for news, for tests that look for what is left behind. */
  get listeners(): number {
    return this.#listeners.connect.size + this.#listeners.disconnect.size;
  }

  #tell(type: 'connect' | 'disconnect', target: FakePort): void {
    for (const listener of [...this.#listeners[type]]) listener({ target });
  }
}

/** A port of a {@link FakeSerial}. */
export class FakePort implements WebSerialPort {
  connected = true;
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  options: object | undefined;
  signals: object | undefined;
  #state: 'closed' | 'opening' | 'opened' = 'closed';
  #wire: Wire | undefined;
  #incoming: ReadableStreamDefaultController<Uint8Array> | undefined;
  #outgoing: WritableStreamDefaultController | undefined;
  /** What ends a write under way. */
  #loss = new AbortController();

  constructor(
    private readonly plug: Plug,
    private readonly info: { usbVendorId: number; usbProductId: number },
    private readonly gone: () => void,
  ) {}

  getInfo(): { usbVendorId: number; usbProductId: number } {
    return this.info;
  }

  async open(options: { baudRate: number; bufferSize: number }): Promise<void> {
    if (this.#state !== 'closed') throw new DOMException('The port is already open.', 'InvalidStateError');
    this.#state = 'opening';
    this.options = options;
    try {
      if (!this.connected) throw new Error('the device has been lost');
      this.#wire = await this.plug({
        arrived: (bytes) => this.#incoming?.enqueue(bytes.slice()),
        unplugged: () => this.unplug(),
      });
    } catch {
      this.#state = 'closed';
      throw new DOMException('Failed to open serial port.', 'NetworkError');
    }
    this.#state = 'opened';
    this.#loss = new AbortController();
    this.#read();
    this.#write();
  }

  setSignals(signals: { dataTerminalReady: boolean; requestToSend: boolean }): Promise<void> {
    if (this.#state !== 'opened') return Promise.reject(new DOMException('The port is closed.', 'InvalidStateError'));
    this.signals = signals;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#state !== 'opened') throw new DOMException('The port is already closed.', 'InvalidStateError');
    await Promise.all([this.readable?.cancel(), this.writable?.abort()]);
    this.readable = this.writable = null;
    this.#wire?.close();
    this.#wire = undefined;
    this.#state = 'closed';
  }

  /** As when the cable is pulled. */
  unplug(): void {
    if (!this.connected) return;
    this.connected = false;
    const cause = new DOMException('The device has been lost.', 'NetworkError');
    const [incoming, outgoing] = [this.#incoming, this.#outgoing];
    this.readable = this.writable = null;
    incoming?.error(cause);
    outgoing?.error(cause);
    this.#loss.abort(cause);
    this.gone();
  }

  /** As when the buffer is full: what came is lost, and reading goes on with another stream. */
  overrun(): void {
    const incoming = this.#incoming;
    this.#read();
    incoming?.error(new DOMException('The buffer was full.', 'BufferOverrunError'));
  }

  #read(): void {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#incoming = controller;
      },
      cancel: () => {
        this.#incoming = undefined;
      },
    });
  }

  #write(): void {
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#outgoing = controller;
      },
      write: (bytes, { signal }) =>
        Promise.race([this.#wire?.write(bytes), aborted(signal), aborted(this.#loss.signal)]),
    });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
