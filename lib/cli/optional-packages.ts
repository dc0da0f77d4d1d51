import { OpenMVError } from '../errors.js';
import type * as recording from '../recording/index.js';
import type * as serialport from '../transport/serialport/index.js';

/** Loads recordings when they are needed. They need optional packages. */
export async function loadRecording(): Promise<typeof recording> {
  try {
    return await import('../recording/index.js');
  } catch (cause) {
    throw new OpenMVError(
      'FILE_UNAVAILABLE',
      'recordings need two packages: npm install @mcap/core @bufbuild/protobuf',
      { cause },
    );
  }
}

/** Loads serial ports when they are needed. They need the optional package `serialport`. */
export async function loadSerialport(): Promise<typeof serialport> {
  try {
    return await import('../transport/serialport/index.js');
  } catch (cause) {
    throw new OpenMVError('PORT_UNAVAILABLE', 'serial ports need the package serialport: npm install serialport', {
      cause,
    });
  }
}
