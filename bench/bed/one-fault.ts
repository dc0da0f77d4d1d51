import { EMPTY, filter, map } from 'rxjs';
import type { Connection } from 'openmv-rx';
import { Flag, Opcode } from 'openmv-rx/protocol';
import { packetsIn } from './packets-in.js';

/** What may happen, once, to an exchange of SIZE. */
export type Fault = 'none' | 'lost reply' | 'damaged reply' | 'lost command' | 'lost ACK';

/**
 * Lets one fault happen, at the camera's end of a connection. What a host wrote in one piece arrives in one, without
 * what is lost of it: a NAK and the ACK behind it must not come apart.
 */
export class OneFault {
  #armed: Fault = 'none';

  arm(fault: Fault): void {
    this.#armed = fault;
  }

  on(connection: Connection): Connection {
    return {
      bytes$: connection.bytes$.pipe(
        map((chunk) => new Uint8Array(Buffer.concat(packetsIn(chunk).filter((packet) => !this.#loses(packet))))),
        filter(({ length }) => length > 0),
      ),
      write: (packet) => {
        if (!isReply(packet)) return connection.write(packet);
        if (this.#happens('lost reply')) return EMPTY;
        return connection.write(this.#happens('damaged reply') ? damaged(packet) : packet);
      },
    };
  }

  #loses(packet: Uint8Array): boolean {
    if (packet[5] !== Opcode.CHANNEL_SIZE) return false;
    return this.#happens(((packet[4] ?? 0) & Flag.ACK) === 0 ? 'lost command' : 'lost ACK');
  }

  #happens(fault: Fault): boolean {
    if (this.#armed !== fault) return false;
    this.#armed = 'none';
    return true;
  }
}

function isReply(packet: Uint8Array): boolean {
  return packet[5] === Opcode.CHANNEL_SIZE && ((packet[4] ?? 0) & (Flag.ACK | Flag.NAK)) === 0;
}

/** One bit of its payload. */
function damaged(packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = packet.slice();
  copy[10] = (copy[10] ?? 0) ^ 1;
  return copy;
}
