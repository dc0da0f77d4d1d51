// The program of a page that records a virtual camera of its own, as one with a record button does.
import { Camera, isOpenMVError } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { inMemory, record, saveTo, type WebRecordOptions } from 'openmv-rx/web-recording';
import { lastValueFrom } from 'rxjs';

/** What a spec may have the page do. */
export interface RecordingPage {
  /** Records to memory, and downloads it as a person would. */
  download(options: Recorded): Promise<void>;
  /** Records to the page's own folder, which is empty before; gives its files, their bytes in base64, and what was wrong. */
  intoFolder(options: Recorded): Promise<InFolder>;
}

export interface InFolder {
  readonly files: readonly (readonly [name: string, base64: string])[];
  readonly error: string;
}

/** Of the options those that a spec can send. */
export type Recorded = Pick<WebRecordOptions, 'file' | 'maxFrames' | 'split' | 'chunkBytes'>;

const page: RecordingPage = {
  download: async (options) => {
    const storage = inMemory();
    await recorded({ ...options, storage });
    for (const file of storage.files) {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = file.name;
      link.click();
    }
  },
  intoFolder: async (options) => {
    const folder = await navigator.storage.getDirectory();
    const entries = () => folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>;
    for await (const [name] of entries()) await folder.removeEntry(name);
    const error = await recorded({ ...options, storage: saveTo(folder) }).then(
      () => '',
      (reason: unknown) => (isOpenMVError(reason) ? `${reason.code}: ${reason.message}` : String(reason)),
    );
    const files: [string, string][] = [];
    for await (const [name, handle] of entries()) files.push([name, await base64(await handle.getFile())]);
    return { files: files.sort(([a], [b]) => a.localeCompare(b)), error };
  },
};

Object.assign(window, { page });

/** Frames with their number in the place of pixels, and a line of text in between. */
async function recorded(options: WebRecordOptions): Promise<void> {
  let number = 0;
  const frameSource = (): Uint8Array<ArrayBuffer> =>
    Uint8Array.of(0xff, 0xd8, number++, ...new Uint8Array(2000).fill(number), 0xff, 0xd9);
  const device = new VirtualCamera({ frameSource, framesPerSecond: 50, stdoutIntervalMs: 100 });
  await lastValueFrom(record(new Camera(device.transport()), options));
}

async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
