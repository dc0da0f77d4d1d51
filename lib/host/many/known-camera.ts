import type { OpenMVError } from '../../errors.js';
import type { Camera } from '../camera.js';

/** A camera among several. */
export interface KnownCamera {
  /** The camera's serial number, `info().deviceId`: it is the same wherever the camera is plugged in. */
  readonly id: string;
  /** The same object for as long as the `Cameras` lives, also while the camera is away. */
  readonly camera: Camera;
  /** The name of the transport that it is found at, or `undefined` while it is away. */
  readonly at: string | undefined;
}

/** Something of one camera among several. */
export interface FromCamera<T> {
  readonly id: string;
  readonly value: T;
}

/** What went wrong with one of them, while the others go on. */
export interface CameraFailure {
  /** The camera's id, or `undefined` where it did not say who it is. */
  readonly id: string | undefined;
  /** The name of its transport. */
  readonly at: string;
  readonly error: OpenMVError;
}
