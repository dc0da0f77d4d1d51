/** Creates the files of a recording. Implement it for a storage other than the disk, and for tests of a slow or full disk. */
export interface RecordingStorage {
  /** Creates a file. Rejects with the code `EEXIST` if the file exists and `overwrite` is false. */
  create(path: string, overwrite: boolean): Promise<RecordingFile>;
}

/** A file that is being recorded. Its methods are not called concurrently. */
export interface RecordingFile {
  /** Appends all bytes. `bytes` is valid until the Promise resolves. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Truncates the file to `length` bytes. The next `write` appends there. */
  truncate(length: number): Promise<void>;
  /** Makes the data durable and closes the file. */
  close(): Promise<void>;
}
