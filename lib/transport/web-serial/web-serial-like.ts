/**
 * The part of Web Serial that this library uses, spelled out so that a program compiles without the types of a browser.
 * The browser's own objects fit.
 */
export interface WebSerialLike {
  /** The ports that this site may open without asking. */
  getPorts(): Promise<WebSerialPort[]>;
  /** Missing in a worker. */
  requestPort?(options: { filters: { usbVendorId: number; usbProductId: number }[] }): Promise<WebSerialPort>;
  addEventListener(type: 'connect' | 'disconnect', listener: (event: { target: unknown }) => void): void;
  removeEventListener(type: 'connect' | 'disconnect', listener: (event: { target: unknown }) => void): void;
}

/** A serial port of the browser. */
export interface WebSerialPort {
  /** `null` while the port is not open, and when it is lost. After an error that leaves the port open, this is a new stream. */
  readonly readable: { getReader(): WebSerialReader } | null;
  readonly writable: { getWriter(): WebSerialWriter } | null;
  /** True while the port is plugged in; missing in browsers that do not report it. */
  readonly connected?: boolean;
  getInfo(): { usbVendorId?: number | undefined; usbProductId?: number | undefined };
  open(options: { baudRate: number; bufferSize: number }): Promise<void>;
  setSignals(signals: { dataTerminalReady: boolean; requestToSend: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** A reader of a port's stream. */
export interface WebSerialReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
  releaseLock(): void;
}

/** A writer of a port's stream. */
export interface WebSerialWriter {
  write(bytes: Uint8Array): Promise<void>;
  abort(): Promise<void>;
  releaseLock(): void;
}

/** Web Serial of this page or worker. */
export function platformSerial(): WebSerialLike | undefined {
  return (globalThis as { navigator?: { serial?: WebSerialLike } }).navigator?.serial;
}
