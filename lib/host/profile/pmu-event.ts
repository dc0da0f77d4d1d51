/**
 * What a PMU counter may count, by the names of Arm's manuals of the Cortex-M55, which the boards with counters have.
 * Any other event of that processor can be chosen by its number.
 */
export const PmuEvent = {
  SW_INCR: 0x0000,
  L1I_CACHE_REFILL: 0x0001,
  L1D_CACHE_REFILL: 0x0003,
  L1D_CACHE: 0x0004,
  INST_RETIRED: 0x0008,
  EXC_TAKEN: 0x0009,
  CPU_CYCLES: 0x0011,
  MEM_ACCESS: 0x0013,
  BUS_ACCESS: 0x0019,
  STALL_FRONTEND: 0x0023,
  STALL_BACKEND: 0x0024,
  L1D_CACHE_MISS_RD: 0x0039,
  STALL: 0x003c,
  MVE_INST_RETIRED: 0x0200,
  MVE_STALL: 0x02cc,
  PF_DROP_LINEFILL: 0xc102,
  AXI_WRITE_ACCESS: 0xc302,
  AXI_READ_ACCESS: 0xc303,
} as const;

/** The name of an event that a PMU counter may count. */
export type PmuEventName = keyof typeof PmuEvent;
