import type { Transport } from 'openmv-rx';

/** A way to a camera that was chosen. */
export interface Way {
  readonly kind: 'serial' | 'bridge' | 'demo';
  readonly transport: Transport;
}
