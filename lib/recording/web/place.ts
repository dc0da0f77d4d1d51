/** What is used of a `FileSystemFileHandle`. */
export interface FilePlace {
  readonly kind: 'file';
  readonly name: string;
  getFile(): Promise<{ readonly size: number }>;
  createWritable(): Promise<PlaceWriter>;
}

/** What is used of a `FileSystemDirectoryHandle`. */
export interface FolderPlace {
  readonly kind: 'directory';
  readonly name: string;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FilePlace>;
}

/** What is used of a `FileSystemWritableFileStream`. */
export interface PlaceWriter {
  write(chunk: { type: 'write'; position: number; data: Uint8Array<ArrayBuffer> }): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}
