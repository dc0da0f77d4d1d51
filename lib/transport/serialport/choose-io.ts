import { PolledIo } from './polled-io.js';
import type { PortEvents, PortIo } from './port-io.js';
import type { Port } from './port.js';
import { stockIo } from './stock-io.js';

/** How a port is to be read and written. */
export type IoKind = (typeof IO_KINDS)[number];

export const IO_KINDS = ['auto', 'polled', 'stock'] as const;

/** @throws {Error} where `polled` is wanted and the system's binding has no poller. */
export function chooseIo(kind: IoKind, port: Port): (events: PortEvents) => PortIo {
  if (kind !== 'stock' && 'poller' in port) return (events) => new PolledIo(port, events);
  if (kind === 'polled') throw new Error("its descriptor can't be polled on this system, so leave io to 'auto'");
  return (events) => stockIo(port, events);
}
