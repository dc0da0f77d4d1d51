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
  write(chunk: { type: 'write'; position: number; data: UnsharedBytes }): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that no other thread can change, which a browser insists on. */
export type UnsharedBytes = Uint8Array & { readonly buffer: ArrayBuffer };
