import { layout } from './layout.js';

/** A version as three numbers of one byte each. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The versions of the camera's software (PROTOCOL 3, "version"). */
export interface Versions {
  readonly protocol: Version;
  readonly bootloader: Version;
  readonly firmware: Version;
}

/** A version as text, such as `5.0.0`. */
export function versionText({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

/** Bytes of {@link Versions} on the wire. */
export const VERSIONS_BYTES = 16;

export function encodeVersions({ protocol, bootloader, firmware }: Versions): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(VERSIONS_BYTES);
  bytes.set([protocol, bootloader, firmware].flatMap(({ major, minor, patch }) => [major, minor, patch]));
  return bytes;
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 16 bytes. */
export function decodeVersions(payload: Uint8Array): Versions {
  const view = layout('versions', payload, VERSIONS_BYTES);
  const version = (at: number): Version => ({
    major: view.getUint8(at),
    minor: view.getUint8(at + 1),
    patch: view.getUint8(at + 2),
  });
  return { protocol: version(0), bootloader: version(3), firmware: version(6) };
}
