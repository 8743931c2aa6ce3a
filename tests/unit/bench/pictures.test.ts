/** What is drawn. */
import { describe, expect, it } from '@jest/globals'
import { callTree } from '../../../scripts/bench/call-tree.ts'
import { flameGraph } from '../../../scripts/bench/flame.ts'
import { whatDiffers } from '../../../scripts/bench/picture.ts'
import { barPicture } from '../../../scripts/bench/svg.ts'

function widths(svg: string): number[] {
  return [...svg.matchAll(/<rect class="bar[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width))
}

describe('a picture of bars', () => {
  const bar = (value: number, label = 'a') => ({ label, value, text: `${value}`, strong: false })

  it('has bars as long as their values, each panel on its own scale', () => {
    const svg = barPicture('t', [
      { title: 'x', bars: [bar(100), bar(50), bar(25)] },
      { title: 'y', bars: [bar(1), bar(2)] },
    ])
    const [a = 0, b, c, d, e] = widths(svg)
    expect([b, c, d, e]).toEqual([a / 2, a / 4, a / 2, a].map((width) => expect.closeTo(width, 0)))
  })

  it('draws what is not there as next to nothing, and escapes words', () => {
    const svg = barPicture('a < b', [
      { title: '&', bars: [bar(Number.NaN, '"<'), bar(0), bar(Number.POSITIVE_INFINITY)] },
    ])
    expect(widths(svg)).toEqual([1, 1, 1])
    expect(svg).toContain('<title>a &lt; b</title>')
    expect(svg).toContain('&quot;&lt;')
    expect(svg).toContain('&amp;')
  })

  it('names bars by what differs', () => {
    expect(
      whatDiffers([
        ['a', 'x', '1'],
        ['b', 'x', '1'],
      ]),
    ).toEqual(['a', 'b'])
    expect(
      whatDiffers([
        ['a', 'x', '1'],
        ['a', 'y', '1'],
      ]),
    ).toEqual(['x', 'y'])
    expect(whatDiffers([['a', 'x']])).toEqual(['a'])
  })
})

describe('a flame graph', () => {
  const frame = (functionName: string, lineNumber = 0) => ({ functionName, url: 'file:///x/dist/a.js', lineNumber })
  const nodes = [
    { id: 1, callFrame: { functionName: '(root)', url: '', lineNumber: -1 }, children: [2, 3, 4, 6] },
    { id: 2, callFrame: frame('f'), children: [5] },
    { id: 3, callFrame: { functionName: '(idle)', url: '', lineNumber: -1 } },
    { id: 4, callFrame: frame('g<h>') },
    { id: 5, callFrame: frame('inner') },
    { id: 6, callFrame: frame('f'), children: [7] },
    { id: 7, callFrame: frame('inner') },
  ]
  const tree = callTree({ nodes, samples: [2, 3, 4, 5, 7, 6], timeDeltas: [10, 1_000, 30, 20, 30, 10] })

  it('adds times up to the callers and joins equal calls, without what was idle', () => {
    expect(tree.us).toBe(100)
    const told = [...tree.calls.values()].map(({ name, us }) => [name, us])
    expect(told).toEqual([
      ['f  dist/a.js:1', 70],
      ['g<h>  dist/a.js:1', 30],
    ])
    expect([...(tree.calls.get('f  dist/a.js:1')?.calls.values() ?? [])].map(({ us }) => us)).toEqual([50])
  })

  it('draws each call as wide as its time, above its caller', () => {
    const svg = flameGraph('a & b', tree)
    const boxes = [...svg.matchAll(/data-x="([\d.]+)" data-w="([\d.]+)" data-n="([^"]*)"><rect x="[\d.]+" y="(\d+)"/g)]
    const [f, inner, g] = boxes.map(([, x, width, name, y]) => ({
      x: Number(x),
      width: Number(width),
      name,
      y: Number(y),
    }))
    expect(f).toMatchObject({ x: 0, width: 840, name: 'f  dist/a.js:1' })
    expect(inner).toMatchObject({ x: 0, width: 600 })
    expect(g).toMatchObject({ x: 840, width: 360, y: f?.y, name: 'g&lt;h&gt;  dist/a.js:1' })
    expect(inner?.y).toBeLessThan(f?.y ?? 0)
    expect(svg).toContain('a &amp; b')
  })
})
