// All that jpeg-js's encoder wants of Node's Buffer: the bytes that it has gathered in a list.
export const Buffer = { from: (bytes) => new Uint8Array(bytes) };
