import type { CameraInfo } from '../../index.js';

/** A number and what it counts: `1 frame`, `2 frames`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A version as people write it: `5.0.0`. */
export function versionText({ major, minor, patch }: CameraInfo['versions']['firmware']): string {
  return `${major}.${minor}.${patch}`;
}
