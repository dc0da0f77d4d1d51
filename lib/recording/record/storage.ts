/** Where a recording's files are made. For tests of a disk that is slow or full, and for places that are no disk. */
export interface RecordingStorage {
  /** Makes a file. Rejects with the code `EEXIST` where there is one and it may not be overwritten. */
  create(path: string, overwrite: boolean): Promise<RecordingFile>;
}

/** A file that is being recorded. It is asked for one thing at a time. */
export interface RecordingFile {
  /** Appends all of the bytes, which are valid until it resolves. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Cuts the file to `length` bytes, where the next `write` goes on. */
  truncate(length: number): Promise<void>;
  /** Makes sure that all of it is kept, and lets go of it. */
  close(): Promise<void>;
}
