import type { ScriptValue } from './literal.js';

/** How `Camera.run` runs a script. */
export interface RunOptions {
  /**
   * Values for what the script declares as `NAME = value  # param`, by name. Default: the script's own. The declared value
   * tells the type: a whole number, a float (which takes whole numbers, too), a string, or True or False.
   */
  readonly parameters?: Readonly<Record<string, ScriptValue>>;
  /**
   * Whether it completes when the camera says that the script has started, or already when the camera has acknowledged
   * that it is to start. Default `true`.
   */
  readonly waitForStart?: boolean;
}
