import type { OpenMVError } from '../errors.js';
import type { Capabilities, SystemInfo, Versions } from '../wire/payloads/index.js';

/** What the camera said of itself when the link was opened. */
export interface CameraInfo {
  /** The board's name by its USB ids, such as `OpenMV Cam H7 Plus`; the ids themselves where they are not known. */
  readonly board: string;
  /** The camera's serial number as people know it: 24 hexadecimal digits. */
  readonly deviceId: string;
  readonly versions: Versions;
  readonly system: SystemInfo;
  /** What holds now, after the negotiation. */
  readonly capabilities: Capabilities;
  /** The most bytes of a value that one write carries now. While ACKs are on, the camera's buffer keeps room for them. */
  readonly maxWriteBytes: number;
}

/** Where the link to the camera stands. */
export interface CameraState {
  /**
   * - `closed`: nobody uses the camera, or opening it failed;
   * - `opening`: the port is being opened and the camera asked for what it is;
   * - `ready`: commands are served;
   * - `rebooting`: the camera runs its soft reboot, as after each script; it comes back by itself;
   * - `lost`: the link is gone and is tried again in a moment.
   */
  readonly state: 'closed' | 'opening' | 'ready' | 'rebooting' | 'lost';
  /** Why, in words for people. */
  readonly reason: string;
  /** The error that led here, where there was one. */
  readonly error?: OpenMVError;
}
