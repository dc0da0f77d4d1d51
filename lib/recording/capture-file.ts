import { encodeUtf8 } from '../wire/payloads/index.js';
import type { CaptureRow } from './capture-row.js';
import { fileError } from './record/file-error.js';
import { appendTo, disk } from './disk.js';
import type { RecordingFile } from './record/storage.js';
import { WriteQueue } from './record/write-queue.js';

const MOST_WAITING = 64 * 1024 * 1024;

/** The file of a capture, row by row. What comes while the disk is busy is written together. */
export class CaptureFile {
  readonly #queue = new WriteQueue(MOST_WAITING);
  #file: RecordingFile | undefined;
  #rows: string[] = [];
  #made = false;
  #beganAt: number | undefined;
  #length = 0;

  constructor(
    private readonly path: string,
    private readonly overwrite: boolean,
  ) {}

  /** Makes the file, or goes on in it. */
  open(): Promise<void> {
    return this.#queue.add(0, async () => {
      try {
        this.#file = await (this.#made ? appendTo(this.path) : disk.create(this.path, this.overwrite));
        this.#made = true;
      } catch (error) {
        throw fileError(error, this.path, 'written');
      }
    });
  }

  /** @param failed told where the row could not be written */
  add(from: CaptureRow['from'], bytes: Uint8Array, now: number, failed: (error: unknown) => void): void {
    this.#beganAt ??= now;
    const row: CaptureRow = {
      t: Math.round((now - this.#beganAt) * 1000),
      from,
      hex: Buffer.from(bytes).toString('hex'),
    };
    const line = `${JSON.stringify(row)}\n`;
    this.#rows.push(line);
    try {
      this.#queue.add(line.length, () => this.#write()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Behind the rows that were added. It can be opened again. */
  close(): Promise<void> {
    return this.#queue.add(0, async () => {
      const file = this.#file;
      this.#file = undefined;
      await file?.close();
    });
  }

  async #write(): Promise<void> {
    if (this.#rows.length === 0 || !this.#file) return;
    const text = encodeUtf8(this.#rows.join(''));
    this.#rows = [];
    try {
      await this.#file.write(text);
      this.#length += text.length;
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => undefined);
      throw fileError(error, this.path, 'written');
    }
  }
}
