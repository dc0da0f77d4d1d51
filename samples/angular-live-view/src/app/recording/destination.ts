import type { MemoryStorage, RecordingStorage } from 'openmv-rx/web-recording';

/** Where a recording goes: into the browser, to be downloaded, or into a file that the user chooses. */
export type Destination = 'download' | 'file';

declare global {
  interface Window {
    /** Not in every browser. */
    showSaveFilePicker?(options: {
      readonly suggestedName: string;
      readonly types: readonly { readonly description: string; readonly accept: Readonly<Record<string, string[]>> }[];
    }): Promise<FileSystemFileHandle>;
  }
}

export function canChooseFile(): boolean {
  return window.showSaveFilePicker !== undefined;
}

/** What a recording is written to. */
export interface Place {
  readonly storage: RecordingStorage;
  /** Where it is kept by the browser until it is downloaded. */
  readonly kept?: MemoryStorage;
}

/** Asks the user for a file, if that is the destination: `undefined` where none is chosen. */
export async function placeFor(destination: Destination, name: string): Promise<Place | undefined> {
  // In front of all else: browsers ask a user only in the moment of a click.
  const handle = destination === 'file' ? await chosenFile(name) : undefined;
  if (destination === 'file' && handle === undefined) return undefined;
  const { inMemory, saveTo } = await import('openmv-rx/web-recording');
  if (handle) return { storage: saveTo(handle) };
  const kept = inMemory();
  return { storage: kept, kept };
}

async function chosenFile(suggestedName: string): Promise<FileSystemFileHandle | undefined> {
  const types = [{ description: 'Recording', accept: { 'application/octet-stream': ['.mcap'] } }];
  try {
    return await window.showSaveFilePicker?.({ suggestedName, types });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}
