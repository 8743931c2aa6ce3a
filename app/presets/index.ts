/** Presets of public feeds, which `FEED_<NAME>_PRESET` chooses: one line each. */
import type { Preset } from '../settings/preset.ts'

export const presets = {} satisfies Record<string, Preset>
