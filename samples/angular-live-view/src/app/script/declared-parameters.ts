import { scriptParameters, type ScriptParameter, type ScriptValue } from 'openmv-rx';
import { messageOf } from '../message-of';

/** What a script declares, or why that makes no sense. */
export interface Declared {
  readonly parameters: readonly ScriptParameter[];
  readonly problem?: string;
}

/** What was typed for parameters, each under its declaration: with another one in the script it is of no meaning any more. */
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

/** The values for a run. A number that is left empty is as the script says; one that is none, the library complains of. */
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
