/** A tree of calls as a flame graph: one SVG file, the callers below, a click makes a call as wide as the picture. */
import type { Call } from './call-tree.ts'
import { escaped } from './svg.ts'

const WIDTH = 1_200
const ROW = 17
const HEAD = 36
/** What would be narrower is left out, in pixels. */
const LEAST = 0.3
const CHARACTER = 6.6

interface Box {
  readonly name: string
  readonly us: number
  readonly x: number
  readonly width: number
  readonly depth: number
}

// Written for browsers: boxes keep their place in data-x and data-w, and are drawn anew at each click.
const SCRIPT = `
const boxes=[...document.querySelectorAll('g.call')]
const show=(x,w)=>{for(const g of boxes){
 const k=${WIDTH}/w,l=Math.max(0,(g.dataset.x-x)*k),r=Math.min(${WIDTH},(+g.dataset.x+ +g.dataset.w-x)*k),d=r-l
 g.style.display=d<${LEAST}?'none':''
 g.firstElementChild.setAttribute('x',l);g.firstElementChild.setAttribute('width',Math.max(0,d))
 const t=g.lastElementChild,n=Math.floor((d-6)/${CHARACTER});t.setAttribute('x',l+3);t.textContent=n<3?'':g.dataset.n.slice(0,n)}}
for(const g of boxes)g.onclick=(e)=>{show(+g.dataset.x,+g.dataset.w);e.stopPropagation()}
document.documentElement.onclick=()=>show(0,${WIDTH})`

/** SVG. `title` stands above it. */
export function flameGraph(title: string, root: Call): string {
  const boxes = layOut(root)
  const depth = Math.max(0, ...boxes.map((box) => box.depth)) + 1
  const height = HEAD + depth * ROW + 8
  const drawn = boxes.map((box) => draw(box, height, root.us))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">
<style>text{font:11px ui-monospace,monospace;fill:#1f2328}.head{font-weight:600}rect{stroke:#fff;stroke-width:.5}g.call{cursor:pointer}</style>
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text class="head" x="8" y="20">${escaped(title)}</text>
${drawn.join('\n')}
<script><![CDATA[${SCRIPT}
]]></script>
</svg>
`
}

function layOut(root: Call): Box[] {
  const boxes: Box[] = []
  const place = (calls: Iterable<Call>, start: number, depth: number): void => {
    let x = start
    for (const { name, us, calls: inner } of [...calls].sort((a, b) => b.us - a.us)) {
      const width = (us / root.us) * WIDTH
      if (!(width >= LEAST)) continue
      boxes.push({ name, us, x, width, depth })
      place(inner.values(), x, depth + 1)
      x += width
    }
  }
  place(root.calls.values(), 0, 0)
  return boxes
}

function draw({ name, us, x, width, depth }: Box, height: number, total: number): string {
  const y = height - (depth + 1) * ROW - 4
  const room = Math.floor((width - 6) / CHARACTER)
  const told = `${name}: ${(us / 1_000).toFixed(0)} ms, ${((100 * us) / total).toFixed(1)} %`
  const data = `data-x="${x.toFixed(2)}" data-w="${width.toFixed(2)}" data-n="${escaped(name)}"`
  const rect = `<rect x="${x.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${ROW - 1}" fill="${colour(name)}"/>`
  const text = `<text x="${(x + 3).toFixed(2)}" y="${y + 12}">${escaped(room < 3 ? '' : name.slice(0, room))}</text>`
  return `<g class="call" ${data}>${rect}<title>${escaped(told)}</title>${text}</g>`
}

/** Ours blue, packages orange, the engine and Node grey. */
function colour(name: string): string {
  if (name.includes('  dist/')) return '#79b8ff'
  return name.includes('  node_modules/') ? '#ffb77c' : '#d1d5da'
}
