/**
 * What a record of the channel `imu` of a {@link VirtualCamera} holds: fields one behind another without gaps, the lowest
 * byte first. Python's `struct` calls it `<Q6f`.
 *
 * | field | type | |
 * |---|---|---|
 * | `timestampUs` | u64 | µs since the camera was switched on |
 * | `accelerationX`, `Y`, `Z` | f32 | m/s²; 9.81 upwards at rest |
 * | `rotationX`, `Y`, `Z` | f32 | rad/s |
 *
 * @example
 * ```ts
 * import { Camera, imuRecord, VirtualCamera } from 'openmv-rx';
 *
 * const camera = new Camera(new VirtualCamera({ imu: true }).transport());
 * camera.channel('imu').value$.subscribe((bytes) => {
 *   const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
 *   for (let at = 0; at < view.byteLength; at += imuRecord.bytes)
 *     console.log(view.getBigUint64(at, true), view.getFloat32(at + 8, true));
 * });
 * ```
 */
export const imuRecord = {
  bytes: 32,
  /** How many records a second there are. */
  samplesPerSecond: 208,
  fields: [
    { name: 'timestampUs', type: 'u64', offset: 0 },
    { name: 'accelerationX', type: 'f32', offset: 8 },
    { name: 'accelerationY', type: 'f32', offset: 12 },
    { name: 'accelerationZ', type: 'f32', offset: 16 },
    { name: 'rotationX', type: 'f32', offset: 20 },
    { name: 'rotationY', type: 'f32', offset: 24 },
    { name: 'rotationZ', type: 'f32', offset: 28 },
  ],
} as const;

const GRAVITY = 9.81;

/** A swing about an axis: how far, how often a second, and where in it the motion begins. */
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

/** The record of a sample: a camera that sways gently. It depends on the sample's number alone. */
export function imuSample(index: number): Uint8Array {
  const record = new Uint8Array(imuRecord.bytes);
  const view = new DataView(record.buffer);
  const seconds = index / imuRecord.samplesPerSecond;
  const at = ([amplitude, hertz, phase]: Swing) => amplitude * Math.sin(2 * Math.PI * hertz * seconds + phase);
  view.setBigUint64(0, BigInt(Math.round(seconds * 1e6)), true);
  ACCELERATION.forEach((swing, axis) => view.setFloat32(8 + 4 * axis, at(swing) + (axis === 2 ? GRAVITY : 0), true));
  ROTATION.forEach((swing, axis) => view.setFloat32(20 + 4 * axis, at(swing), true));
  return record;
}
