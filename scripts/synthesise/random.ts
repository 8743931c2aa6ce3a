/** A small seeded generator: the same seed, kind and connection always give the same values. */
import { createHash } from 'node:crypto'

/** A source of repeatable values. Not fit for secrets. */
export interface Random {
  /** A float in [0, 1). */
  unit(): number
  /** A whole number in [low, high]. */
  whole(low: number, high: number): number
  /** One of the items, which must not be empty. */
  pick<T>(items: readonly [T, ...T[]]): T
  /** A random (version 4) UUID in lower case. */
  uuid(): string
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Makes a generator (sfc32) whose state is the SHA-256 of the parts, so that neighbouring seeds share nothing. */
export function createRandom(...parts: readonly (string | number)[]): Random {
  const word = sfc32(createHash('sha256').update(JSON.stringify(parts)).digest())
  const unit = () => word() / 0x1_0000_0000
  const whole = (low: number, high: number) => low + Math.floor(unit() * (high - low + 1))
  return {
    unit,
    whole,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
    uuid: () => formatUuid(word(), word(), word(), word()),
  }
}

function sfc32(state: Buffer): () => number {
  let a = state.readInt32LE(0)
  let b = state.readInt32LE(4)
  let c = state.readInt32LE(8)
  let counter = 1
  return () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
}

function formatUuid(a: number, b: number, c: number, d: number): string {
  const versioned = ((b & 0xffff0fff) | 0x4000) >>> 0
  const variant = ((c & 0x3fffffff) | 0x80000000) >>> 0
  const [first, second, third, fourth] = [hexWord(a), hexWord(versioned), hexWord(variant), hexWord(d)]
  return `${first}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${fourth}`
}

function hexWord(word: number): string {
  return `${HEX[word >>> 24]}${HEX[(word >>> 16) & 255]}${HEX[(word >>> 8) & 255]}${HEX[word & 255]}`
}
