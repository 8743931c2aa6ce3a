/** Lets kafkajs read every compression: by itself it knows gzip only. */
import { compressionsAlgorithms } from '@platformatic/kafka'
import kafkajs from 'kafkajs'

/** For all clients of the process. */
export function readEveryCompression(): void {
  for (const name of ['snappy', 'lz4', 'zstd'] as const) {
    const { bitmask, decompressSync } = compressionsAlgorithms[name]
    kafkajs.CompressionCodecs[bitmask] = () => ({
      compress: () => Promise.reject(new Error('the reader does not compress')),
      decompress: async (bytes: Buffer) => decompressSync(bytes),
    })
  }
}
