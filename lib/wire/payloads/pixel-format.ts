/** The pixel formats of frames (PROTOCOL 8). The Bayer names are the firmware's. */
export const PixelFormat = {
  BINARY: 0x08010000,
  GRAYSCALE: 0x08020001,
  RGB565: 0x0c030002,
  ARGB8: 0x0c080004,
  BAYER_BGGR: 0x05040001,
  BAYER_GBRG: 0x05040101,
  BAYER_GRBG: 0x05040201,
  BAYER_RGGB: 0x05040301,
  YUV422: 0x14050002,
  YVU422: 0x14050102,
  JPEG: 0x06060000,
  PNG: 0x06070000,
} as const;
