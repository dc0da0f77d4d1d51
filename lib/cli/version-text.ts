import type { CameraInfo } from '../index.js';

/** A version as people write it: `5.0.0`. */
export function versionText({ major, minor, patch }: CameraInfo['versions']['firmware']): string {
  return `${major}.${minor}.${patch}`;
}
