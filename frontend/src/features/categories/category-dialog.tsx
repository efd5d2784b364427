import { Button, ColorSwatch, Group, Input, Modal, Stack, TextInput, UnstyledButton } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FlowSwitch } from '../../components/flow-switch.tsx'
import { FormError } from '../../components/form-error.tsx'
import { IconCheck } from '../../components/icons.ts'
import { fieldErrors } from '../../lib/form-errors.ts'
import { PALETTE } from '../../lib/theme.ts'
import { toastDone } from '../../lib/toasts.ts'
import type { CategoryDraft } from './categories-page.tsx'
import { colorOf } from './category-color.ts'
import { useCategories, useSaveCategory } from './category-queries.ts'
import { CategorySelect } from './category-select.tsx'
import { familyOf } from './category-tree.ts'

/** Adds, renames, recolours and moves. */
export function CategoryDialog({ draft, onClose }: { draft: CategoryDraft; onClose: () => void }) {
  const { t } = useTranslation()
  const { category, parent } = draft
  const categories = useCategories().data ?? []
  const save = useSaveCategory()
  const form = useForm({
    initialValues: {
      name: category?.name ?? '',
      kind: draft.kind,
      parentId: category ? category.parentId : (parent?.id ?? null),
      color: category ? colorOf(category) : parent ? colorOf(parent) : PALETTE[0],
    },
    validate: { name: (value) => (value.trim() === '' ? t('categories.name_needed') : null) },
  })
  const submit = form.onSubmit(({ name, kind, parentId, color }) => {
    const recoloured = form.isDirty('color') || !category ? { color } : {}
    save.mutate(
      category
        ? { category, changes: { name, parentId, ...recoloured } }
        : { create: { name, parentId, color, ...(parentId === null ? { kind } : {}) } },
      {
        onError: (error) => form.setErrors(fieldErrors(error, ['name', 'parentId'])),
        onSuccess: () => {
          toastDone(t('categories.saved'))
          onClose()
        },
      },
    )
  })
  const colors: string[] = [...new Set([form.values.color, ...PALETTE])]
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(category ? 'categories.edit' : 'categories.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <TextInput label={t('categories.name')} data-autofocus {...form.getInputProps('name')} />
          {category === null && parent === null && (
            <FlowSwitch
              fullWidth
              value={form.values.kind}
              onChange={(kind) => form.setValues({ kind, parentId: null })}
            />
          )}
          <CategorySelect
            label={t('categories.parent')}
            placeholder={t('categories.no_parent')}
            kind={form.values.kind}
            {...(category ? { except: familyOf(categories, category.id) } : {})}
            {...form.getInputProps('parentId')}
          />
          <Input.Wrapper label={t('categories.color')} labelElement="div">
            <Group gap={8} mt={4} role="radiogroup" aria-label={t('categories.color')}>
              {colors.map((color, index) => (
                <UnstyledButton
                  key={color}
                  role="radio"
                  aria-checked={form.values.color === color}
                  aria-label={t('categories.color_number', { number: index + 1 })}
                  onClick={() => form.setFieldValue('color', color)}
                  style={{ borderRadius: 99 }}
                >
                  <ColorSwatch color={color} size={28} withShadow={false} c="#fff">
                    {form.values.color === color && <IconCheck size={16} aria-hidden />}
                  </ColorSwatch>
                </UnstyledButton>
              ))}
            </Group>
          </Input.Wrapper>
          <FormError error={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
