/** What stands in the place of a name from now on. */
export function labelIn(locale: string): string {
  if (locale.startsWith('pt')) return 'Pessoa apagada'
  return locale.startsWith('es') ? 'Persona borrada' : 'Erased person'
}
