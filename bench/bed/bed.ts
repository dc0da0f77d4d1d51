import type { Transport } from 'openmv-rx';
import type { FaultyOptions } from 'openmv-rx/testing';
import type { Fault } from './one-fault.js';

/** A camera and the way to it. */
export interface Bed {
  readonly transport: Transport;
  /** Lets a fault happen to the next packet that it can happen to. Done when the camera's end knows. */
  arm(fault: Fault): Promise<void>;
  close(): Promise<void>;
}

export interface BedOptions {
  /** Of one frame's data, and of what the channel `bulk` holds. */
  readonly frameBytes: number;
  /** At random, write by write, at the camera's end. Default: none, and nothing in the way that could make them. */
  readonly faults?: FaultyOptions;
}

/** Where the camera is, and what kind of way leads to it. */
export interface BedKind {
  readonly name: string;
  make(options: BedOptions): Promise<Bed>;
}
