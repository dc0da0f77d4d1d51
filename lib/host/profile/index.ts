export { callerProfile, type ProfiledCaller } from './caller-profile.js';
export { FirmwareSymbols, type FunctionSymbol } from './firmware-symbols.js';
export { flatProfile, type ProfiledFunction } from './flat-profile.js';
export { profileDifference } from './profile-difference.js';
export { PmuEvent, type PmuEventName, type Profiler } from './profiler.js';
export type { ProfileRecord } from '../../wire/payloads/index.js';
