import type { SystemInfo, Versions } from '../wire/payloads/index.js';

/** The default board of a device: an OpenMV H7 with an OV5640. */
export const defaultSystemInfo: SystemInfo = {
  cpuId: 0x411fc272,
  deviceId: [0x0c0b0a09, 0x08070605, 0x04030201],
  usbVendorId: 0x37c5,
  usbProductId: 0x1204,
  sensorChipIds: [0x5640],
  hardware: {
    gpu: false,
    npu: false,
    isp: false,
    videoEncoder: false,
    jpeg: true,
    dram: false,
    crc: true,
    pmu: false,
    pmuCounters: 0,
    wifi: false,
    bluetooth: false,
    sdCard: true,
    ethernet: false,
    usbHighSpeed: false,
    multiCore: false,
  },
  flashKB: 0,
  ramKB: 0,
  frameBufferKB: 4096,
  streamBufferKB: 512,
};

export const defaultVersions: Versions = {
  protocol: { major: 1, minor: 0, patch: 2 },
  bootloader: { major: 1, minor: 0, patch: 3 },
  firmware: { major: 5, minor: 0, patch: 0 },
};
