import {
  Alert,
  Button,
  Card,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  Title,
} from '@mantine/core'
import type { Import } from '@chronos/contracts/imports'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { useSetMapping } from './import-queries.ts'
import classes from './imports.module.css'
import { ROLES, optionsOf, rolesOf, toMapping } from './mapping-roles.ts'
import type { MappingOptions, Role } from './mapping-roles.ts'

interface MappingEditorProps {
  data: Import
  onDone: () => void
  onCancel?: (() => void) | undefined
}

/** What each column of a CSV file means, said above the file's own first rows. */
export function MappingEditor({ data, onDone, onCancel }: MappingEditorProps) {
  const { t } = useTranslation()
  const save = useSetMapping(data.id)
  const sample = useMemo(() => data.sample ?? [], [data.sample])
  const columns = Math.max(0, ...sample.map((row) => row.length))
  const [roles, setRoles] = useState(() => rolesOf(data.mapping, columns))
  const [options, setOptions] = useState(() => optionsOf(data.mapping))
  const change = (changes: Partial<MappingOptions>): void => setOptions({ ...options, ...changes })
  const shown = Array.from({ length: columns }, (_, column) => roles[column] ?? 'ignore')
  const result = toMapping(shown, options, data.mapping)
  const give = (column: number, role: Role): void =>
    setRoles(
      // A description may be put together from several columns; every other role has one.
      shown.map((old, index) =>
        index === column
          ? role
          : old === role && role !== 'description' && role !== 'ignore'
            ? 'ignore'
            : old,
      ),
    )
  return (
    <Stack>
      <Card>
        <Title order={2}>{t('import.mapping.title')}</Title>
        <Text size="sm" c="dimmed" mb="md">
          {t('import.mapping.hint')}
        </Text>
        <div
          className={classes['sample']}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
          tabIndex={0}
          role="region"
          aria-label={t('import.mapping.sample')}
        >
          <table>
            <thead>
              <tr>
                {shown.map((role, column) => (
                  <th key={column} scope="col">
                    <Select
                      size="xs"
                      aria-label={t('import.mapping.column', { number: column + 1 })}
                      allowDeselect={false}
                      value={role}
                      onChange={(value) => give(column, ROLES.find((known) => known === value) ?? 'ignore')}
                      data={ROLES.map((value) => ({ value, label: t(`import.mapping.role.${value}`) }))}
                      comboboxProps={{ width: 220, position: 'bottom-start' }}
                    />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sample.slice(0, 12).map((row, index) => (
                <tr key={index} data-before={index + 1 < options.firstDataLine || undefined}>
                  {shown.map((_role, column) => (
                    <td key={column} title={row[column]}>
                      {row[column]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <Options options={options} roles={shown} onChange={change} />
        {!result.ok && (
          <Alert color="maracuja" mt="md">
            {t(`import.mapping.missing.${result.missing}`)}
          </Alert>
        )}
        <FormError error={save.error} />
        <Group justify="flex-end" mt="md">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          <Button
            disabled={!result.ok}
            loading={save.isPending}
            onClick={() => result.ok && save.mutate(result.mapping, { onSuccess: onDone })}
          >
            {t('import.mapping.apply')}
          </Button>
        </Group>
      </Card>
    </Stack>
  )
}

interface OptionsProps {
  options: MappingOptions
  roles: readonly Role[]
  onChange: (changes: Partial<MappingOptions>) => void
}

const DELIMITERS = [',', ';', '\t', '|'] as const
const ORDERS = ['DMY', 'MDY', 'YMD'] as const

function Options({ options, roles, onChange }: OptionsProps) {
  const { t } = useTranslation()
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} mt="md">
      <Select
        label={t('import.mapping.date_order')}
        allowDeselect={false}
        value={options.dateOrder}
        onChange={(value) => onChange({ dateOrder: ORDERS.find((known) => known === value) ?? 'DMY' })}
        data={ORDERS.map((value) => ({ value, label: t(`import.mapping.order.${value}`) }))}
      />
      <Select
        label={t('import.mapping.decimal_mark')}
        allowDeselect={false}
        value={options.decimalMark}
        onChange={(value) => onChange({ decimalMark: value === '.' ? '.' : ',' })}
        data={[
          { value: ',', label: '1.234,56' },
          { value: '.', label: '1,234.56' },
        ]}
      />
      <Select
        label={t('import.mapping.delimiter')}
        allowDeselect={false}
        value={options.delimiter}
        onChange={(value) => onChange({ delimiter: DELIMITERS.find((known) => known === value) ?? ',' })}
        data={DELIMITERS.map((value, index) => ({
          value,
          label: t(
            `import.mapping.delimiters.${(['comma', 'semicolon', 'tab', 'pipe'] as const)[index] ?? 'comma'}`,
          ),
        }))}
      />
      <NumberInput
        label={t('import.mapping.first_line')}
        min={1}
        max={1000}
        allowDecimal={false}
        value={options.firstDataLine}
        onChange={(value) => onChange({ firstDataLine: Math.max(1, Number(value) || 1) })}
      />
      {roles.includes('amount') && !roles.includes('direction') && (
        <Select
          label={t('import.mapping.positive')}
          allowDeselect={false}
          value={options.positive}
          onChange={(value) => onChange({ positive: value === 'out' ? 'out' : 'in' })}
          data={[
            { value: 'in', label: t('import.mapping.positive_in') },
            { value: 'out', label: t('import.mapping.positive_out') },
          ]}
        />
      )}
      {roles.includes('direction') && (
        <>
          <TagsInput
            label={t('import.mapping.in_marks')}
            value={options.inMarks}
            onChange={(inMarks) => onChange({ inMarks })}
          />
          <TagsInput
            label={t('import.mapping.out_marks')}
            value={options.outMarks}
            onChange={(outMarks) => onChange({ outMarks })}
          />
        </>
      )}
    </SimpleGrid>
  )
}
