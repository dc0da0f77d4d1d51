import { OpenMVError } from '../errors.js';
import type * as recording from '../recording/index.js';

/** Loaded only where it is needed: what it takes are optional companions of this package. */
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
