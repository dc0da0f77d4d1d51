import type { OpenMVError } from '../errors.js';

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
