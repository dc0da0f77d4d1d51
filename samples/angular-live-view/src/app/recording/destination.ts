import type { MemoryStorage, RecordingStorage } from 'openmv-rx/web-recording';

/** The target of a recording: the browser's memory, for a download, or a file that the user chooses. */
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

/** The storage of a recording. */
export interface Place {
  readonly storage: RecordingStorage;
  /** The copy in memory that the user can download, if the target is the browser. */
  readonly kept?: MemoryStorage;
}

/** Asks the user for a file if that is the target. Emits `undefined` if the user chooses none. */
export async function placeFor(destination: Destination, name: string): Promise<Place | undefined> {
  // Do this first, because browsers ask only in the handler of a click.
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
