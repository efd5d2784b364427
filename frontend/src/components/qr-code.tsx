import { useMemo } from 'react'
import { encode } from 'uqr'

/** Cells around it that must stay empty, for cameras to find it. */
const QUIET = 4

/** Dark on light in both schemes: most cameras read no other. */
export function QrCode({ text, label, size = 196 }: { text: string; label: string; size?: number }) {
  const { cells, path } = useMemo(() => {
    const { data } = encode(text, { border: QUIET })
    const squares = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])))
    return { cells: data.length, path: squares.join('') }
  }, [text])
  return (
    <svg
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`0 0 ${cells} ${cells}`}
      shapeRendering="crispEdges"
      style={{ borderRadius: 12, display: 'block' }}
    >
      <rect width={cells} height={cells} fill="#fff" />
      <path d={path} fill="#17121b" />
    </svg>
  )
}
