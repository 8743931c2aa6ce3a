/** Kafka's murmur2 (org.apache.kafka.common.utils.Utils), so that keys land on the partitions where Java clients put them. */

const M = 0x5bd1e995
const SEED = 0x9747b28c

/** The 32-bit hash of `data` as Kafka's Java client computes it, made non-negative as its `toPositive` does. */
export function murmur2(data: Uint8Array): number {
  const length = data.length
  let h = SEED ^ length
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) {
    let k = byte(data, i) | (byte(data, i + 1) << 8) | (byte(data, i + 2) << 16) | (byte(data, i + 3) << 24)
    k = Math.imul(k, M)
    k ^= k >>> 24
    h = Math.imul(h, M) ^ Math.imul(k, M)
  }
  const rest = length - whole
  if (rest === 3) h ^= byte(data, whole + 2) << 16
  if (rest >= 2) h ^= byte(data, whole + 1) << 8
  if (rest >= 1) h = Math.imul(h ^ byte(data, whole), M)
  h = Math.imul(h ^ (h >>> 13), M)
  return (h ^ (h >>> 15)) & 0x7fffffff
}

function byte(data: Uint8Array, at: number): number {
  return data[at] as number
}
