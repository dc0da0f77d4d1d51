/** Bytes of a record, and records per second. */
export const IMU_RECORD_BYTES = 32;
export const IMU_RECORDS_PER_SECOND = 208;

/**
 * The layout of records in the channel `imu` of a {@link VirtualCamera}, for `structs`. In Python's `struct` it is `<Q6f`.
 *
 * | field | |
 * |---|---|
 * | `timestampUs` | µs since the camera was switched on; 208 records per second |
 * | `acceleration` | m/s²; at rest 9.81 along z |
 * | `rotation` | rad/s about each axis |
 *
 * @example
 * ```ts
 * import { Camera, structs } from 'openmv-rx';
 * import { imuLayout, VirtualCamera } from 'openmv-rx/virtual';
 *
 * const camera = new Camera(new VirtualCamera({ imu: true }).transport());
 * camera.channel('imu', structs(imuLayout)).value$.subscribe((records) => {
 *   for (const { timestampUs, acceleration } of records) console.log(Number(timestampUs) / 1e6, acceleration.z);
 * });
 * ```
 */
export const imuLayout = {
  timestampUs: 'u64',
  acceleration: { x: 'f32', y: 'f32', z: 'f32' },
  rotation: { x: 'f32', y: 'f32', z: 'f32' },
} as const;

const GRAVITY = 9.81;

/** An oscillation along or about an axis. */
type Swing = readonly [amplitude: number, hertz: number, phase: number];

const ACCELERATION: readonly Swing[] = [
  [0.8, 0.5, 0],
  [0.6, 0.8, 1],
  [0.3, 1.3, 2],
];
const ROTATION: readonly Swing[] = [
  [0.4, 0.5, 1.6],
  [0.3, 0.8, 2.6],
  [0.2, 0.3, 0],
];

/** The record of a sample: a camera that sways gently. It depends only on the number of the sample. */
export function imuSample(index: number): Uint8Array {
  const record = new Uint8Array(IMU_RECORD_BYTES);
  const view = new DataView(record.buffer);
  const seconds = index / IMU_RECORDS_PER_SECOND;
  const at = ([amplitude, hertz, phase]: Swing) => amplitude * Math.sin(2 * Math.PI * hertz * seconds + phase);
  view.setBigUint64(0, BigInt(Math.round(seconds * 1e6)), true);
  ACCELERATION.forEach((swing, axis) => view.setFloat32(8 + 4 * axis, at(swing) + (axis === 2 ? GRAVITY : 0), true));
  ROTATION.forEach((swing, axis) => view.setFloat32(20 + 4 * axis, at(swing), true));
  return record;
}
