/** Presets of public feeds for `FEED_<NAME>_PRESET`: one line each. */
import type { Preset } from '../settings/preset.ts'

export const presets = {} satisfies Record<string, Preset>
