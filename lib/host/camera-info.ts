import type { OpenMVError } from '../errors.js';
import type { Capabilities, SystemInfo, Versions } from '../wire/payloads/index.js';

/** The description of a camera, read when the link is opened. */
export interface CameraInfo {
  /** The board's name, such as `OpenMV Cam H7 Plus`, or its USB ids if the library does not know them. */
  readonly board: string;
  /** The camera's serial number: 24 hexadecimal digits. */
  readonly deviceId: string;
  readonly versions: Versions;
  readonly system: SystemInfo;
  /** The protocol settings in use. */
  readonly capabilities: Capabilities;
  /** The most bytes of a value in one write. While ACKs are on, part of the camera's buffer is kept free for them. */
  readonly maxWriteBytes: number;
}

/** The state of the link to a camera. */
export interface CameraState {
  /**
   * - `closed`: nothing uses the camera, or it could not be opened;
   * - `opening`: the port is being opened, and the session begins;
   * - `ready`: the camera accepts commands;
   * - `rebooting`: the camera reboots softly, as after each script, and comes back by itself;
   * - `lost`: the link is lost and will be opened again shortly.
   */
  readonly state: 'closed' | 'opening' | 'ready' | 'rebooting' | 'lost';
  /** The reason, in words for people. */
  readonly reason: string;
  /** The error that caused this state, if there was one. */
  readonly error?: OpenMVError;
}
