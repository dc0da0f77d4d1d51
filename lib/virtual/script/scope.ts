import type { DeviceChannel } from '../../device/device.js';
import type { ScriptIo } from './script-io.js';
import type { ScriptFunction } from './tree.js';
import type { Value } from './value.js';

/** What a script has made so far. */
export interface Scope {
  readonly variables: Map<string, Value>;
  /** Called by nothing but the channels that are given them. */
  readonly functions: Map<string, ScriptFunction>;
  /** The methods of its classes. */
  readonly classes: Map<string, ReadonlySet<string>>;
  /** Its channels by name. */
  readonly channels: Map<string, DeviceChannel>;
}

/** What calls work with. */
export interface Io extends Pick<ScriptIo, 'print' | 'register'> {
  /** Runs a function of the script. @throws {ScriptException} what the function raises. */
  readonly invoke: (work: ScriptFunction, values: readonly Value[]) => void;
}
