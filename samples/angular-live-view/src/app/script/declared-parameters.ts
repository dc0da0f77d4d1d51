import { scriptParameters, type ScriptParameter, type ScriptValue } from 'openmv-rx';
import { messageOf } from '../message-of';

/** The parameters that a script declares, or the error in a declaration. */
export interface Declared {
  readonly parameters: readonly ScriptParameter[];
  readonly problem?: string;
}

/** The typed values of parameters, each by its declaration. If the declaration changes, its value no longer applies. */
export type Typed = Readonly<Record<string, string | boolean>>;

export function declaredIn(script: string): Declared {
  try {
    return { parameters: scriptParameters(script) };
  } catch (error) {
    return { parameters: [], problem: messageOf(error) };
  }
}

export function declarationOf({ name, type, default: own }: ScriptParameter): string {
  return `${name}: ${type} = ${String(own)}`;
}

/** Returns the values for a run. An empty number keeps the script's value; the library refuses an invalid one. */
export function valuesOf(parameters: readonly ScriptParameter[], typed: Typed): Record<string, ScriptValue> {
  const values: Record<string, ScriptValue> = {};
  for (const parameter of parameters) {
    const value = typed[declarationOf(parameter)];
    const isNumber = typeof parameter.default === 'number' && typeof value === 'string';
    if (value === undefined || (isNumber && value.trim() === '')) continue;
    values[parameter.name] = isNumber ? Number(value) : value;
  }
  return values;
}
