/** The shapes by name: one line each. */
import { coerced } from './coerced.ts'
import { credential } from './credential.ts'
import type { Shape } from './shape.ts'
import { small } from './small.ts'

const registry = { small, credential, coerced } satisfies Record<string, Shape>

/** The name of a shape. */
export type ShapeName = keyof typeof registry

/** Every shape. */
export const shapes: Readonly<Record<ShapeName, Shape>> = registry

/** Whether a text names a shape. */
export function isShapeName(text: string): text is ShapeName {
  return Object.hasOwn(registry, text)
}
