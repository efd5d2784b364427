import { expect, it } from 'vitest'
import { withoutCluster } from './dump-list.ts'

const OURS = [
  ';     Format: CUSTOM',
  '5; 2615 16386 SCHEMA - app chronos_owner',
  '260; 1259 16700 TABLE app accounts chronos_owner',
  '4501; 0 16700 TABLE DATA app accounts chronos_owner',
  '4502; 0 0 SEQUENCE SET control seq chronos_owner',
  '7; 3079 17000 EXTENSION - plpgsql ',
]
const OF_CITUS = [
  '2; 3079 16385 EXTENSION - citus ',
  '3; 3079 16384 EXTENSION - citus_columnar ',
  '4600; 0 0 COMMENT - EXTENSION citus ',
  '4601; 0 16390 TABLE DATA pg_catalog pg_dist_node postgres',
  '4602; 0 0 SEQUENCE SET pg_catalog pg_dist_shardid_seq postgres',
]

it('leaves out what is a cluster’s own, and nothing else', () => {
  const mixed = [...OURS.slice(0, 1), ...OF_CITUS, ...OURS.slice(1)].join('\n')
  expect(withoutCluster(mixed)).toBe(OURS.join('\n'))
})

it('has nothing to choose in the dump of a single server', () => {
  expect(withoutCluster(OURS.join('\n'))).toBeUndefined()
})
