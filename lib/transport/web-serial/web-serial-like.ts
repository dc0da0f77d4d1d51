/**
 * What is used of Web Serial, spelled out, so that the types of a browser are not needed to compile against this library.
 * The browser's own objects fit.
 */
export interface WebSerialLike {
  /** The ports that this site may open without asking. */
  getPorts(): Promise<WebSerialPort[]>;
  /** Not in a worker. */
  requestPort?(options: { filters: { usbVendorId: number; usbProductId: number }[] }): Promise<WebSerialPort>;
  addEventListener(type: 'connect' | 'disconnect', listener: (event: { target: unknown }) => void): void;
  removeEventListener(type: 'connect' | 'disconnect', listener: (event: { target: unknown }) => void): void;
}

/** A serial port of the browser. */
export interface WebSerialPort {
  /** `null` while it is not open, and when it is lost; another one after an error that leaves the port open. */
  readonly readable: { getReader(): WebSerialReader } | null;
  readonly writable: { getWriter(): WebSerialWriter } | null;
  /** Whether it is plugged in, where the browser says that. */
  readonly connected?: boolean;
  getInfo(): { usbVendorId?: number | undefined; usbProductId?: number | undefined };
  open(options: { baudRate: number; bufferSize: number }): Promise<void>;
  setSignals(signals: { dataTerminalReady: boolean; requestToSend: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** The one who reads a port's stream. */
export interface WebSerialReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
  releaseLock(): void;
}

/** The one who writes a port's stream. */
export interface WebSerialWriter {
  write(bytes: Uint8Array): Promise<void>;
  abort(): Promise<void>;
  releaseLock(): void;
}

/** The platform's, of a page or a worker. */
export function platformSerial(): WebSerialLike | undefined {
  return (globalThis as { navigator?: { serial?: WebSerialLike } }).navigator?.serial;
}
