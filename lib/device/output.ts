import { defer } from 'rxjs';
import type { Connection } from '../transport/transport.js';

/** How much may be under way to a host that does not read, before the device waits for it. */
export const OUTPUT_BYTES = 65536;

/** The way out, which knows how much of what was written is still under way. */
export class Output {
  private underWay = 0;

  /** @param onRoom called when bytes were handed over after the output had been full */
  constructor(
    private readonly connection: Pick<Connection, 'write'>,
    private readonly onRoom: () => void,
    private readonly onLost: (error: unknown) => void,
  ) {}

  get full(): boolean {
    return this.underWay >= OUTPUT_BYTES;
  }

  write(bytes: Uint8Array): void {
    this.underWay += bytes.length;
    // One that throws is as lost as one that errors.
    defer(() => this.connection.write(bytes)).subscribe({
      complete: () => {
        const wasFull = this.full;
        this.underWay -= bytes.length;
        if (wasFull) this.onRoom();
      },
      error: (error: unknown) => this.onLost(error),
    });
  }
}
